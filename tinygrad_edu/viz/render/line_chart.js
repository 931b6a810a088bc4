// Axes with round numbers, and lines, shared by the pages that draw curves as SVG.

const SVG = "http://www.w3.org/2000/svg";

// The width of an element, read once for each window size: reading it while drawing would force a layout.
const widths = new Map();
function widthOf(element) {
  if (!widths.get(element)) widths.set(element, element.clientWidth);
  return widths.get(element);
}
addEventListener("resize", () => widths.clear());

function make(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const key in attributes) if (attributes[key] !== null) element.setAttribute(key, attributes[key]);
  if (text !== undefined) element.textContent = text;
  return element;
}

function show(v, digits = 4) {
  if (typeof v !== "number") return v === null || v === undefined ? "–" : String(v);
  if (!Number.isFinite(v)) return Number.isNaN(v) ? "NaN" : v > 0 ? "∞" : "−∞";
  if (v === 0) return "0";
  const size = Math.abs(v);
  if (Number.isInteger(v) && size < 1e7) return String(v).replace("-", "−");
  let text = size < 1e-4 || size >= 10 ** Math.max(digits, 5) ? v.toExponential(digits - 1) : v.toPrecision(digits);
  text = text.replace(/(\.\d*?)0+(?=e|$)/, "$1").replace(/\.(?=e|$)/, "").replace("e+", "e");
  return text.replaceAll("-", "−");
}

// Equal except for rounding: between such numbers there are no round ones, and counting in steps that small would not end.
const same = (low, high) => !(high - low > 1e-11 * Math.max(Math.abs(low), Math.abs(high)));

function ticks(low, high, about) {
  if (same(low, high)) return Number.isFinite(low) ? [low] : [];  // as for a single epoch or rate
  const rough = (high - low) / Math.max(about, 1), power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(m => m * power).find(s => s >= rough * 0.999), found = [];
  for (let k = Math.ceil(low / step - 1e-9); k <= Math.floor(high / step + 1e-9); k++) found.push(+(k * step).toPrecision(12));
  return found;
}

function logTicks(low, high, about) {
  const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high)), found = [];
  const every = Math.max(1, Math.ceil((last - first) / about));
  const digits = Math.log10(high / low) < 2 ? [1, 2, 5] : [1];
  for (let k = first; k <= last; k += every) for (const m of digits) found.push(+`${m}e${k}`);
  const inside = found.filter(t => t >= low * 0.999 && t <= high * 1.001);
  return inside.length > 1 ? inside : ticks(low, high, 3);
}

// The range of most values: the top of a run that explodes would flatten all others. No line is cut off entirely: its lowest
// value is shown, and its last one if that is at most its first, or at most 1, as for an accuracy.
function withoutOutliers([low, high], lines, log) {
  const drawn = lines.map(line => line.y.filter(v => Number.isFinite(v) && (v > 0 || !log))).filter(y => y.length);
  const sorted = drawn.flat().sort((a, b) => a - b), usual = sorted[Math.floor(0.85 * (sorted.length - 1))];
  const kept = drawn.flatMap(y => [y.reduce((a, b) => Math.min(a, b)), ...y.slice(-1).filter(last => last <= Math.max(y[0], 1))]);
  const room = log ? 1 : 0.04 * (usual - low), needed = kept.reduce((a, b) => Math.max(a, b), -Infinity) + room;
  const most = Math.max(log ? usual * Math.max(usual / low, 10) : usual + 1.5 * (usual - low), needed);
  return sorted.length && usual > low && high > most ? [low, most] : [low, high];
}

function span(values, log) {
  let low = Infinity, high = -Infinity;
  for (const v of values) if (Number.isFinite(v) && (v > 0 || !log)) { low = Math.min(low, v); high = Math.max(high, v); }
  if (low > high) return log ? [0.1, 1] : [0, 1];
  if (log) {
    const room = same(low, high) ? 0.3 : Math.log10(high / low) * 0.04;
    return [low / 10 ** room, high * 10 ** room];
  }
  const room = same(low, high) ? Math.abs(high) * 0.1 || 1 : (high - low) * 0.04;
  return [low - room, high + room];
}

// Draws lines [{x, y, stroke, dash, width}] into an svg element; returns the scales and the path of each line.
// `most`: true leaves outliers above the chart; a number is the highest value shown.
function drawChart(svg, lines, { height, xLabel, yLabel = "", log = false, zero = false, most = false, xText = show }) {
  const width = Math.max(260, widthOf(svg.parentElement)), left = 58, right = width - 12, top = yLabel ? 26 : 10, bottom = height - 40;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("height", height);
  let x0 = Infinity, x1 = -Infinity;
  for (const line of lines) for (const x of line.x) { x0 = Math.min(x0, x); x1 = Math.max(x1, x); }
  const ys = [...lines.flatMap(line => line.y), ...(zero ? [0] : [])], whole = span(ys, log);
  const [y0, y1] = most === true ? withoutOutliers(whole, lines, log) : typeof most === "number" && most > whole[0] ? [whole[0], Math.min(whole[1], most)] : whole;
  const px = x => left + (right - left) * (x - x0) / (x1 - x0 || 1);
  const py = log ? y => bottom - (bottom - top) * Math.log(y / y0) / Math.log(y1 / y0) : y => bottom - (bottom - top) * (y - y0) / (y1 - y0);
  svg.replaceChildren();
  for (const t of log ? logTicks(y0, y1, 7) : ticks(y0, y1, (bottom - top) / (height > 250 ? 45 : 28))) {
    svg.append(make("path", { class: "grid", d: `M${left} ${py(t)}H${right}` }));
    svg.append(make("text", { x: left - 7, y: py(t) + 4, "text-anchor": "end" }, show(t)));
  }
  const integers = lines.every(line => line.x.every(Number.isInteger));  // epochs and updates have no halves
  for (const t of ticks(x0, x1, (right - left) / 80).filter(t => !integers || Number.isInteger(t))) {
    svg.append(make("path", { class: "axis", d: `M${px(t)} ${bottom}v5` }));
    svg.append(make("text", { x: px(t), y: bottom + 19, "text-anchor": "middle" }, xText(t)));
  }
  svg.append(make("path", { class: "axis", d: `M${left} ${top}V${bottom}H${right}` }));
  if (zero && y0 < 0 && y1 > 0) svg.append(make("path", { class: "axis", d: `M${left} ${py(0)}H${right}` }));
  svg.append(make("text", { x: (left + right) / 2, y: bottom + 35, "text-anchor": "middle" }, xLabel));
  if (yLabel) svg.append(make("text", { x: left, y: 14 }, yLabel));
  const id = `inside-${svg.id}`, clip = svg.appendChild(make("clipPath", { id }));
  clip.append(make("rect", { x: left, y: top - 2, width: right - left + 3, height: bottom - top + 4 }));
  const inside = svg.appendChild(make("g", { "clip-path": `url(#${id})` }));
  const paths = lines.map(line => {
    let d = "", pen = "M";
    line.x.forEach((x, i) => {
      const y = line.y[i];
      if (!Number.isFinite(y) || (log && y <= 0)) { pen = "M"; return; }
      d += `${pen}${px(x).toFixed(1)} ${py(y).toFixed(1)}`;
      pen = "L";
    });
    if (d && !d.includes("L")) d += "h.1";
    const look = { class: "curve", d, style: `stroke:${line.stroke}`, "stroke-width": line.width || 2, "stroke-dasharray": line.dash || null };
    return inside.appendChild(make("path", look));
  });
  return { px, py, left, right, top, bottom, width, paths, cut: y1 < whole[1] };
}
