"""Recognize and describe mistakes with modules, losses and graphs; count how often classes are confused."""
