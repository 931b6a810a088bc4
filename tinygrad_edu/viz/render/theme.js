// Light or dark, as set in the system or chosen with the button #theme; the choice is kept in data-theme of <html> and in the address.

const system = matchMedia("(prefers-color-scheme: dark)");
const DARK = [...document.styleSheets].flatMap(sheet => [...sheet.cssRules]).map(rule => rule.media).filter(media => media?.mediaText === system.media);
let repaint = () => {};  // repaint(): repaints what is not colored by CSS

const chosenTheme = () => document.documentElement.dataset.theme || "";
const isDark = () => (chosenTheme() || (system.matches ? "dark" : "light")) === "dark";

function chooseTheme(to) {
  if (to) document.documentElement.dataset.theme = to; else delete document.documentElement.dataset.theme;
  document.documentElement.style.colorScheme = to;  // of scroll bars and fields
  for (const media of DARK) media.mediaText = { light: "not all", dark: "all" }[to] || system.media;
}

function nameTheme() {
  const [sign, name] = { "": ["◐", {{script:Auto}}], light: ["☀", {{script:Light}}], dark: ["☾", {{script:Dark}}] }[chosenTheme()];
  const button = document.getElementById("theme");
  button.replaceChildren(`${sign} `, Object.assign(document.createElement("span"), { textContent: name }));
  button.title = button.ariaLabel = {{script:Theme: {name}}}.replace("{name}", name);
}

function inAddress(name, value) {  // "" removes it
  const wanted = new URLSearchParams(location.hash.slice(1));
  if (value) wanted.set(name, value); else wanted.delete(name);
  try { history.replaceState(null, "", `#${wanted}`); } catch { /* an iframe without an address */ }
}

document.getElementById("theme").onclick = () => {
  const to = { "": "light", light: "dark", dark: "" }[chosenTheme()];
  chooseTheme(to);
  nameTheme();
  inAddress("theme", to);
  repaint();
};
system.addEventListener("change", () => repaint());
const askedTheme = new URLSearchParams(location.hash.slice(1)).get("theme");
if (["light", "dark"].includes(askedTheme)) chooseTheme(askedTheme);
