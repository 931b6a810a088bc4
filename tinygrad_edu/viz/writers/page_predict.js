// --- predict, then reveal: the step shows a question first ---
let question = null;
const asking = () => question !== null;

function tell(now) {
  question = null;
  hide(false);
  $("answer").hidden = true;
  $("verdict").textContent = "";
  $("said").textContent = now ? words(now).join("\n") : "";
  if (!now || !$("predict").checked || now.phase === "update") return;
  const asked = questions(now);
  if (!asked) return;
  question = { now, ...asked };
  hide(true);
  $("said").textContent = asked.text;
  $("answer").hidden = false;
  $("guess").value = "";
  $("verdict").textContent = "";
  $("prompt").textContent = asked.shape ? {{script:What shape?}} : {{script:What number?}};
}

const hide = on => document.documentElement.classList.toggle("asking", on);  // hide the numbers that would reveal the answer

// The question about a step: its value if that is one number, else its shape; the text has a ? in place of the answer.
function questions(now) {
  const n = nodes[now.id];
  const forward = now.phase === "forward";
  const sent = forward ? null : n.sends.find(s => s.text.includes(" = "));
  if (!forward && !sent) return null;
  const whole = forward ? n.forward : sent.text;
  const s = forward ? n.value : { size: nodes[sent.to].value.size, text: sent.chip.split(" = ").at(-1) };
  if (s.size === 1) return { text: hidden(whole, s.text), answer: s.text, shape: false };
  const shape = forward ? n.shape : nodes[sent.to].shape;
  return { text: hidden(whole, null), answer: shape, shape: true };
}

// The text with a question mark in place of its last part (for a number) or of the parts that show arrays (for a shape).
function hidden(text, value) {
  const [head, ...rest] = text.split(" → ");
  const parts = head.split(" = ");
  if (parts.length < 2) return text;
  const kept = value === null
    ? parts.filter(p => !/(^|\W)\[/.test(p))  // x[0] is a name
    : parts.slice(0, -1);
  return kept.concat("?").join(" = ") + (rest.length ? " → " + rest.join(" → ").split(": ")[0] : "");
}

function judge() {
  if (!question) return;
  const given = $("guess").value.trim(), { answer, shape, now } = question;
  const flat = text => (text.match(/-?[\d.]+(e-?\d+)?/g) || []).map(Number);
  const close = (a, b) => Math.abs(a - b) <= Math.max(0.02 * Math.abs(b), 0.0005);
  const [got, right] = [flat(given), flat(answer)];
  const good = given !== "" && got.length === right.length && got.every((v, k) => (shape ? v === right[k] : close(v, right[k])));
  $("verdict").textContent = (given === "" ? {{script:It is {answer}.}} : good ? {{script:Right: {answer}.}} : {{script:Not quite: it is {answer}.}})
    .replace("{answer}", answer);
  $("verdict").className = given === "" ? "soft" : good ? "good" : "bad";
  $("said").textContent = words(now).join("\n");
  question = null;
  hide(false);
}
