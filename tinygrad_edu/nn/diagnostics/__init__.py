"""How mistakes with modules, losses and graphs are recognized and described; class counts."""
