// Two markers on an enlarged part of a photo: dragged, tapped or moved by arrow keys, with a loupe, and the line between
// them live. Places are shares of the part, (x, y) from its top left corner; a place is sent once it was let go.
const NAMES = ["asis", "psis"];
const CALM_MS = 500;  // after the last arrow key
const ZOOM = 3;
const MIDDLE_PX = 4;

export default function ({data, parentElement, setTriggerValue}) {
  let editor = parentElement.hipBones;
  if (!editor || !editor.root.isConnected) {
    editor = new Editor(parentElement);
    parentElement.hipBones = editor;
  }
  editor.send = (name, [x, y]) => setTriggerValue("put", {name, x, y});
  editor.take(data);
}

function element(kind, parent, attributes = {}, text = "") {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  parent.append(made);
  return made;
}

class Editor {
  constructor(parent) {
    this.at = {};
    this.held = null;
    this.timers = {};
    this.root = element("div", parent, {class: "bones"});
    this.picture = element("div", this.root, {class: "picture"});
    this.image = element("img", this.picture, {draggable: "false"});
    this.line = element("div", this.picture, {class: "line", "aria-hidden": "true"});
    this.markers = Object.fromEntries(NAMES.map(name => [name, this.marker(name)]));
    this.loupe = element("div", this.picture, {class: "loupe", "aria-hidden": "true", hidden: ""});
    this.angle = element("p", this.root, {class: "angle"});
    this.heard = element("p", this.root, {class: "heard", role: "status"});
    this.image.addEventListener("click", event => this.tapped(event));
  }

  marker(name) {
    const made = element("button", this.picture, {type: "button", class: "marker " + name});
    made.addEventListener("pointerdown", event => {
      made.setPointerCapture(event.pointerId);
      this.held = name;
      this.from = [event.clientX, event.clientY, ...this.at[name]];
      this.look(name);
    });
    made.addEventListener("pointermove", event => {
      if (this.held !== name) return;
      const {width, height} = this.image.getBoundingClientRect(), [x, y, left, top] = this.from;
      this.move(name, left + (event.clientX - x) / width, top + (event.clientY - y) / height);
      this.look(name);
    });
    for (const end of ["pointerup", "pointercancel"])
      made.addEventListener(end, event => {
        if (this.held !== name) return;
        this.held = null;
        this.loupe.hidden = true;
        const [x, y] = this.from, still = event.clientX === x && event.clientY === y;
        if (!still) this.let_go(name);
        else if (end === "pointerup") this.tapped(event, name);
      });
    made.addEventListener("keydown", event => this.key(name, event));
    made.addEventListener("blur", () => { if (!this.held) this.loupe.hidden = true; });
    return made;
  }

  // What the server knows; a marker that is being moved stays where it is.
  take(data) {
    this.data = data;
    this.image.src = data.image;
    this.image.alt = data.words.picture;
    for (const name of NAMES) {
      if (this.held !== name && !this.timers[name]) this.at[name] = [...data.points[name]];
      this.markers[name].setAttribute("aria-label", data.words[name]);
      this.markers[name].dataset.word = data.words[name + "_short"];
    }
    this.draw();
  }

  // A tap brings a marker there, the nearer one; a tap on a marker's middle only takes hold of it.
  tapped(event, held = "") {
    const {left, top, width, height} = this.image.getBoundingClientRect();
    const x = (event.clientX - left) / width, y = (event.clientY - top) / height;
    const away = name => Math.hypot(this.at[name][0] - x, this.at[name][1] - y);
    const name = held || (away("asis") <= away("psis") ? "asis" : "psis");
    if (held && away(held) * width < MIDDLE_PX) return;
    this.move(name, x, y);
    this.markers[name].focus();
    this.let_go(name);
  }

  key(name, event) {
    const steps = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
    if (!steps) return;
    event.preventDefault();
    event.stopPropagation();  // arrows lead to another photo elsewhere
    const step = this.data.step * (event.shiftKey ? 5 : 1);
    this.move(name, this.at[name][0] + steps[0] * step, this.at[name][1] + steps[1] * step);
    this.look(name);
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(() => this.let_go(name), CALM_MS);
  }

  move(name, x, y) {
    this.at[name] = [x, y].map(value => Math.min(Math.max(value, 0), 1));
    this.draw();
  }

  let_go(name) {
    clearTimeout(this.timers[name]);
    this.timers[name] = null;
    const {words, points} = this.data;
    if (this.outside(this.at[name])) {
      this.at[name] = [...points[name]];
      this.draw();
      this.heard.textContent = words.went_back;
      this.heard.classList.add("warning");
      return;
    }
    const [x, y] = this.pixel(name);
    this.heard.classList.remove("warning");
    this.heard.textContent = words.place.replace("{bone}", words[name]).replace("{x}", x).replace("{y}", y);
    this.send(name, this.at[name]);
  }

  pixel(name) {
    return this.at[name].map((share, k) => Math.round(this.data.corner[k] + share * this.data.side));
  }

  // Beside the body by more than the limit; above its first row nothing is known of it.
  outside([x, y]) {
    const {rows, limit} = this.data;
    if (!rows.length || y < rows[0][0]) return false;
    return rows.every(([row, left, right]) => Math.hypot(Math.max(0, left - x, x - right), row - y) > limit);
  }

  // The line from the back bone to the front one below the level, degrees, the camera's roll taken out.
  tilt() {
    const {forward, roll} = this.data, c = Math.cos(roll * Math.PI / 180), s = Math.sin(roll * Math.PI / 180);
    const [run, drop] = [0, 1].map(k => this.at.asis[k] - this.at.psis[k]);
    return Math.atan2(s * run + c * drop, forward * (c * run - s * drop)) * 180 / Math.PI;
  }

  draw() {
    const {words, set} = this.data, [ax, ay] = this.at.asis, [px, py] = this.at.psis;
    const meant = name => set.includes(name) || this.held === name || Boolean(this.timers[name]);
    for (const name of NAMES) {
      const [x, y] = this.at[name], marker = this.markers[name];
      marker.style.left = `${100 * x}%`;
      marker.style.top = `${100 * y}%`;
      marker.classList.toggle("beside", meant(name) && this.outside(this.at[name]));
      marker.classList.toggle("guess", !set.includes(name));
    }
    this.line.style.left = `${100 * px}%`;
    this.line.style.top = `${100 * py}%`;
    this.line.style.width = `${100 * Math.hypot(ax - px, ay - py)}%`;
    this.line.style.rotate = `${Math.atan2(ay - py, ax - px)}rad`;
    const tilt = this.tilt();
    const beside = NAMES.find(name => meant(name) && this.outside(this.at[name]));
    this.angle.classList.toggle("warning", Boolean(beside) || Math.abs(tilt) > 90);
    this.angle.textContent = !NAMES.some(meant) ? "" : beside ? words.beside : Math.abs(tilt) > 90 ? words.swapped :
      words[tilt < 0 ? "back" : "forth"].replace("{degrees}", Math.round(Math.abs(tilt)));
  }

  // The loupe stands in the lower corner away from the marker, what it shows enlarged under a cross.
  look(name) {
    const [x, y] = this.at[name], {width, height} = this.image.getBoundingClientRect();
    this.loupe.hidden = false;
    this.loupe.classList.toggle("right", x < 0.5);
    const half = this.loupe.clientWidth / 2;
    this.loupe.style.backgroundImage = `url(${this.data.image})`;
    this.loupe.style.backgroundSize = `${ZOOM * width}px ${ZOOM * height}px`;
    this.loupe.style.backgroundPosition = `${half - ZOOM * width * x}px ${half - ZOOM * height * y}px`;
  }
}
