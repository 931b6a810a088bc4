// Both languages of a page: T_("Step") is a text in the chosen language, and relabel() writes the texts of elements with data-t.

const TEXTS = {{texts}};  // key -> [English, Korean]; if the English text is empty, the key is the text
const SAID = ["aria-label", "placeholder", "title"];  // attributes that are texts: data-t-title has the key of a title
const WRITTEN = document.documentElement.lang;
let language = WRITTEN, respeak = () => {};  // respeak(): rewrites the texts that a script has written

function T_(name, values = {}) {
  const text = (Object.hasOwn(TEXTS, name) && TEXTS[name][language === "ko" ? 1 : 0]) || name;
  return text.replace(/\{(\w+)\}/g, (whole, k) => k in values ? values[k] ?? "" : whole);
}

function relabel() {
  nameTheme();
  document.querySelectorAll("[data-t]").forEach(e => { e.textContent = T_(e.dataset.t); });
  for (const name of SAID) document.querySelectorAll(`[data-t-${name}]`).forEach(e => e.setAttribute(name, T_(e.getAttribute(`data-t-${name}`))));
  document.querySelectorAll("button[data-t-aria-label], select[data-t-aria-label]").forEach(e => { e.title = e.ariaLabel; });
}

function speak(to) {
  language = document.documentElement.lang = to;
  document.getElementById("language").value = to;
  relabel();
  respeak();
  document.title = document.querySelector("h1").textContent;
}

const wanted = new URLSearchParams(location.hash.slice(1)).get("language");
if (["en", "ko"].includes(wanted)) language = wanted;
speak(language);
document.getElementById("language").onchange = e => {
  speak(e.target.value);
  inAddress("language", language === WRITTEN ? "" : language);
};
addEventListener("message", e => {
  if (e.source !== parent || !["en", "ko"].includes(e.data?.language)) return;  // the enclosing page has the controls
  chooseTheme(e.data.theme || "");
  speak(e.data.language);
  repaint();
  for (const id of ["language", "theme"]) document.getElementById(id).hidden = true;
});
