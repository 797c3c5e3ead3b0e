"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const svg = $("picture"), world = $("world"), panel = $("panel"), search = $("search");
  const words = {
    en: {nodes: "nodes", tests: "tests", covered: "of the nodes tested", find: "Find a node, a text, an intent", prompts: "says", intents: "listens for", everywhere: "heard everywhere",
      keys: "keys", slots: "slots", sets: "sets", does: "does", no_input: "when nothing is said", no_match: "when it is not understood", out: "leads to", into: "comes from",
      inherited: "from the flow's defaults", repeat: "says it again", end: "ends", outcome: "outcome", visits: "visits of tests", upTo: "value of up to", digits: "keys", zoomIn: "Larger", zoomOut: "Smaller", fit: "All of it", theme: "Light or dark", lang: "中文", close: "Close", built: "built in", anyone: "everywhere"},
    zh: {nodes: "个节点", tests: "个测试", covered: "的节点已测", find: "查找节点、话术或意图", prompts: "话术", intents: "听取的意图", everywhere: "全局意图",
      keys: "按键", slots: "槽位", sets: "赋值", does: "动作", no_input: "无应答时", no_match: "未听懂时", out: "去向", into: "来自",
      inherited: "沿用流程默认", repeat: "重复", end: "结束", outcome: "结果", visits: "次测试经过", upTo: "最多位数", digits: "按键", zoomIn: "放大", zoomOut: "缩小", fit: "全图", theme: "明暗", lang: "English", close: "关闭", built: "内置", anyone: "任何位置"},
  };
  let lang = document.documentElement.lang === "zh" ? "zh" : "en";
  let chosen = null;
  const t = (key) => words[lang][key];
  const byName = new Map(data.nodes.map((n) => [n.name, n]));
  const intents = new Map(data.intents.map((i) => [i.name, i]));
  const slots = new Map(data.slots.map((s) => [(s.flow ? s.flow + "/" : "") + s.name, s]));

  // ---- the view: scale and where the world's origin is ----
  let scale = 1, ox = 0, oy = 0;
  const width = +svg.dataset.width, height = +svg.dataset.height;
  svg.removeAttribute("viewBox");
  const apply = () => {
    world.setAttribute("transform", `translate(${ox} ${oy}) scale(${scale})`);
    svg.style.backgroundPosition = `${ox}px ${oy}px`;
    svg.style.backgroundSize = `${22 * scale}px ${22 * scale}px`;
  };
  const fitAll = () => {
    const w = svg.clientWidth, h = svg.clientHeight - 44;
    const whole = Math.min(w / width, h / height);
    scale = Math.min(1.15, Math.max(whole, 0.6));
    ox = width * scale < w ? (w - width * scale) / 2 : 0;
    oy = Math.max(0, (h - height * scale) / 2);
    if (scale > whole) { // too large for the window: begin where the call does
      const start = document.querySelector(".node.start");
      oy = 0;
      if (start && width * scale > w) ox = Math.min(0, Math.max(w - width * scale, w / 2 - scale * centre(start).x));
    }
    apply();
  };
  const zoom = (factor, x, y) => {
    const next = Math.min(3, Math.max(0.06, scale * factor));
    ox = x - (x - ox) * next / scale;
    oy = y - (y - oy) * next / scale;
    scale = next;
    apply();
  };
  const centre = (el) => {
    const box = el.querySelector("rect").getBBox();
    const inWorld = world.getCTM().inverse().multiply(el.getCTM());
    const p = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2).matrixTransform(inWorld);
    return p;
  };
  const showNode = (name) => {
    const el = $(data.ids[name]), p = centre(el), w = svg.clientWidth, h = svg.clientHeight;
    const x = p.x * scale + ox, y = p.y * scale + oy;
    if (x < 120 || x > w - 120 || y < 60 || y > h - 90) {
      ox += w / 2 - x;
      oy += h / 2 - y;
      apply();
    }
  };
  svg.addEventListener("wheel", (e) => {
    e.preventDefault();
    const box = svg.getBoundingClientRect();
    if (e.ctrlKey || !e.shiftKey) zoom(Math.exp(-e.deltaY * (e.ctrlKey ? 0.01 : 0.0015)), e.clientX - box.left, e.clientY - box.top);
    else { ox -= e.deltaY; apply(); }
  }, {passive: false});
  const touches = new Map();
  let moved = 0;
  svg.addEventListener("pointerdown", (e) => { touches.set(e.pointerId, e); moved = 0; });
  svg.addEventListener("pointermove", (e) => {
    const before = touches.get(e.pointerId);
    if (!before) return;
    const dx = e.clientX - before.clientX, dy = e.clientY - before.clientY;
    if (touches.size === 2) {
      const other = [...touches.values()].find((o) => o.pointerId !== e.pointerId);
      const far = (a) => Math.hypot(a.clientX - other.clientX, a.clientY - other.clientY);
      const box = svg.getBoundingClientRect();
      zoom(far(e) / Math.max(1, far(before)), (e.clientX + other.clientX) / 2 - box.left, (e.clientY + other.clientY) / 2 - box.top);
    } else {
      moved += Math.abs(dx) + Math.abs(dy);
      if (moved > 4 && !svg.classList.contains("drag")) { svg.classList.add("drag"); svg.setPointerCapture(e.pointerId); }
      ox += dx;
      oy += dy;
      apply();
    }
    touches.set(e.pointerId, e);
  });
  for (const kind of ["pointerup", "pointercancel"]) svg.addEventListener(kind, (e) => { touches.delete(e.pointerId); svg.classList.remove("drag"); });

  // ---- the panel ----
  const make = (tag, className, text) => {
    const el = document.createElement(tag);
    if (className) el.className = className;
    if (text !== undefined) el.textContent = text;
    return el;
  };
  const link = (name) => {
    const a = make("a", "", name);
    if (byName.has(name)) { a.tabIndex = 0; a.onclick = () => choose(name); }
    return a;
  };
  const section = (title, ...items) => {
    const all = items.filter(Boolean);
    if (all.length) panel.append(make("h3", "", title), ...all);
  };
  const wayText = (e) => {
    const name = e.kind.replace("_", " ");
    return e.label ? `${name} ${e.label}` : name;
  };
  const way = (text, to, note) => {
    const row = make("div", "way");
    row.append(make("span", "", text));
    if (note) row.append(make("small", "", note));
    if (to) row.append(link(to));
    return row;
  };
  const said = (p) => p.variants.map((v) => {
    const q = make("blockquote", "", v);
    if (p.part !== "say") q.prepend(make("span", "part", p.part + ": "));
    return q;
  });
  const ladder = (l) => {
    const list = make("ol");
    for (const r of l.rungs || []) {
      const li = make("li");
      if (r.say) li.append(make("span", "", `“${r.say.variants[0]}” `));
      if (r.repeat) li.append(make("span", "chip", t("repeat")));
      if (r.to) li.append("→ ", link(r.to));
      if (r.end) li.append(make("span", "chip", t("end") + (r.outcome ? " " + r.outcome : "")));
      list.append(li);
    }
    return list;
  };
  const intentRow = (name, to) => {
    const out = document.createDocumentFragment(), i = intents.get(name);
    out.append(way(name + (i && i.digits ? `  [${i.digits}]` : ""), to, i && i.builtin ? t("built") : ""));
    if (i && i.phrases) {
      const some = i.phrases.slice(0, 8).join(" · ") + (i.phrases.length > 8 ? " …" : "");
      out.append(make("p", "phrases", some));
    }
    return out;
  };
  const chips = (names, flow) => {
    const row = make("div");
    for (const name of names) {
      const s = slots.get((flow ? flow + "/" : "") + name) || slots.get(name);
      row.append(make("span", "chip", s ? `${name}: ${s.type}` : name));
    }
    return row;
  };
  const fill = (name) => {
    const n = byName.get(name), d = data.details[name];
    panel.replaceChildren();
    const close = make("button", "close", "×");
    close.title = t("close");
    close.onclick = () => choose(null);
    const kind = make("span", `kind k-${n.kind}`, data.kinds[n.kind] ? data.kinds[n.kind][lang === "zh" ? 1 : 0] : n.kind);
    panel.append(close, make("h2", "", name), make("div", "where", `${n.file}:${n.line}:${n.column}`), kind);
    if (n.outcome) panel.append(make("span", "chip", `${t("outcome")}: ${n.outcome}`));
    if (data.coverage) panel.append(make("span", "chip", `${data.coverage.visits[name] || 0} ${t("visits")}`));
    section(t("prompts"), ...(d.prompts || []).flatMap(said));
    section(t("does"), ...(d.does || []).map((x) => make("span", "chip", x)));
    section(t("slots"), d.slots && chips(d.slots, n.flow));
    section(t("sets"), d.sets && chips(d.sets, n.flow));
    const targets = new Map(data.edges.filter((e) => e.from === name && e.kind === "intent").map((e) => [e.label, e.to]));
    section(t("intents"), ...(d.intents || []).map((i) => intentRow(i, targets.get(i))));
    section(t("keys"), ...(d.keys || []).map((k) => way(k.keys, k.to, k.intent)), d.max_keys ? make("div", "part", `${t("upTo")} ${d.max_keys}`) : null);
    if ((d.no_input.rungs || []).length) section(t("no_input") + (d.no_input.inherited ? " · " + t("inherited") : ""), ladder(d.no_input));
    if ((d.no_match.rungs || []).length) section(t("no_match") + (d.no_match.inherited ? " · " + t("inherited") : ""), ladder(d.no_match));
    section(t("everywhere"), d.globals && chips(d.globals));
    const listed = new Set(["intent", "digits", "no_input", "no_match", "global", "digress"]);
    section(t("out"), ...data.edges.filter((e) => e.from === name && !listed.has(e.kind)).map((e) => way(wayText(e), e.to)));
    const seen = new Set();
    const from = data.edges.filter((e) => e.to === name && (e.kind !== "global" && e.kind !== "digress" || !seen.has(e.label) && seen.add(e.label)));
    section(t("into"), ...from.map((e) => way(wayText(e), e.kind === "global" || e.kind === "digress" ? "" : e.from, e.kind === "global" || e.kind === "digress" ? t("anyone") : "")));
    panel.scrollTop = 0;
  };
  const mark = () => {
    for (const el of document.querySelectorAll(".near,.chosen,.hit")) el.classList.remove("near", "chosen", "hit");
    const query = search.value.trim().toLowerCase();
    world.classList.toggle("dim", Boolean(chosen || query));
    if (chosen) {
      const id = data.ids[chosen];
      $(id).classList.add("chosen", "near");
      for (const l of document.querySelectorAll(".line,.label")) {
        if (l.dataset.from !== id && l.dataset.to !== id) continue;
        l.classList.add("near");
        $(l.dataset.from).classList.add("near");
        $(l.dataset.to).classList.add("near");
      }
    }
    if (query) for (const name of found(query)) $(data.ids[name]).classList.add("near", "hit");
  };
  const choose = (name) => {
    chosen = name;
    panel.hidden = !name;
    if (name) { fill(name); showNode(name); }
    mark();
    history.replaceState(null, "", name ? "#" + encodeURIComponent(name) : location.pathname);
  };
  svg.addEventListener("click", (e) => {
    if (moved > 4) return;
    const el = e.target.closest(".node");
    choose(el ? el.dataset.node : null);
  });
  svg.addEventListener("keydown", (e) => {
    const el = e.target.closest(".node");
    if (el && (e.key === "Enter" || e.key === " ")) { e.preventDefault(); choose(el.dataset.node); }
  });

  // ---- search ----
  const texts = new Map(data.nodes.map((n) => {
    const d = data.details[n.name];
    const all = [n.name, n.kind, n.outcome, ...(d.prompts || []).flatMap((p) => p.variants), ...(d.intents || []), ...(d.intents || []).flatMap((i) => (intents.get(i) || {}).phrases || []), ...(d.slots || []), ...(d.does || [])];
    return [n.name, all.filter(Boolean).join("\n").toLowerCase()];
  }));
  const found = (query) => data.nodes.map((n) => n.name).filter((name) => texts.get(name).includes(query));
  let turn = 0;
  search.addEventListener("input", () => { turn = 0; mark(); });
  search.addEventListener("keydown", (e) => {
    if (e.key === "Escape") { search.value = ""; mark(); search.blur(); }
    if (e.key !== "Enter") return;
    const all = found(search.value.trim().toLowerCase());
    if (all.length) choose(all[turn++ % all.length]);
  });
  document.addEventListener("keydown", (e) => {
    if (e.target === search) return;
    if (e.key === "/") { e.preventDefault(); search.focus(); }
    if (e.key === "Escape") choose(null);
    if (e.key === "+" || e.key === "=") zoom(1.2, svg.clientWidth / 2, svg.clientHeight / 2);
    if (e.key === "-") zoom(1 / 1.2, svg.clientWidth / 2, svg.clientHeight / 2);
    if (e.key === "0") fitAll();
  });

  // ---- language and theme ----
  const speak = () => {
    document.documentElement.lang = lang;
    for (const el of document.querySelectorAll("[data-en]")) el.textContent = el.dataset[lang];
    for (const el of document.querySelectorAll(".tagtext")) el.textContent = data.kinds[el.dataset.k][lang === "zh" ? 1 : 0];
    let facts = `${data.nodes.length} ${t("nodes")}`;
    if (data.coverage) {
      const share = data.nodes.filter((n) => data.coverage.visits[n.name]).length / Math.max(1, data.nodes.length);
      facts += ` · ${data.coverage.tests} ${t("tests")} · ${Math.floor(100 * share)} % ${t("covered")}`;
    }
    $("facts").textContent = facts;
    search.placeholder = t("find") + "  /";
    for (const [id, key] of [["in", "zoomIn"], ["out", "zoomOut"], ["fit", "fit"], ["theme", "theme"], ["lang", "lang"]]) { $(id).title = t(key); $(id).setAttribute("aria-label", t(key)); }
    $("lang").textContent = lang === "zh" ? "EN" : "中";
    if (chosen) fill(chosen);
  };
  $("lang").onclick = () => { lang = lang === "zh" ? "en" : "zh"; speak(); };
  $("theme").onclick = () => {
    const root = document.documentElement, dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  };
  $("in").onclick = () => zoom(1.25, svg.clientWidth / 2, svg.clientHeight / 2);
  $("out").onclick = () => zoom(1 / 1.25, svg.clientWidth / 2, svg.clientHeight / 2);
  $("fit").onclick = fitAll;
  speak();
  fitAll();
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (byName.has(wanted)) choose(wanted);
})();
