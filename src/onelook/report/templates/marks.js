// Marks: a picture has a wrong label, is to be dropped, or is fine. The marks leave as a fixes file.
// Without this script the page is complete, and nothing can be marked.
{
  const facts = JSON.parse(document.getElementById("marking").content.textContent);
  const classes = facts.class_names;
  const shown = facts.names ?? classes;
  const HEADER = ["id", "action", "class_name", "content", "marked"]; // as `marks_file.py` writes them
  // With ten classes or fewer each has a digit, which is its name where all names are digits; with more there is a search.
  const bySearch = classes.length > 10;
  const areDigits = classes.every((name) => /^[0-9]$/.test(name));
  const digit = (at) => (areDigits ? classes[at] : String((at + 1) % 10));

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const button = (text, key, act, properties = {}) => {
    const made = make("button", { type: "button", ...properties }, ...(key ? [make("kbd", {}, key), " "] : []), text);
    made.addEventListener("mousedown", (event) => event.preventDefault()); // the picture keeps the focus
    made.addEventListener("click", act);
    return made;
  };
  const pictures = (count) => translate(count === 1 ? "{n} picture" : "{n} pictures", { n: count.toLocaleString("en") });
  const inWords = (name) => {
    const at = classes.indexOf(name);
    return at < 0 ? name : shown[at];
  };

  // What is decided: id -> [action, class name, content, time]. A picture whose mark was removed has the action "".
  const earlier = new Map(facts.earlier.map(([id, ...decision]) => [id, [...decision, ""]]));
  let own = new Map();
  let trouble = "";
  const stored = () => {
    try {
      return new Map(JSON.parse(localStorage.getItem(`onelook ${facts.key}`) ?? "[]"));
    } catch {
      return new Map(own);
    }
  };
  const inBrowser = {
    read: () => { own = stored(); },
    // Read before each write: another tab with this page may have marked meanwhile.
    write: async (id, decision) => {
      own = stored();
      own.delete(id);
      if (decision || earlier.has(id)) own.set(id, decision ?? ["", "", "", ""]);
      try {
        localStorage.setItem(`onelook ${facts.key}`, JSON.stringify([...own]));
      } catch {
        trouble = translate("This browser keeps nothing: download the file before you close the page.");
      }
    },
  };
  const onDisk = {
    read: async () => {
      const answer = await send("GET");
      if (answer) take(answer);
    },
    // Shown at once, and sent one after the other: a mark that could not be saved is taken back.
    write: (id, decision) => {
      const [action, class_name] = decision ?? ["", ""];
      const one = decision ?? ["", "", "", ""];
      sent.set(id, one);
      queue = queue.then(async () => {
        const answer = await send("POST", { id, action, class_name });
        if (sent.get(id) === one) sent.delete(id);
        if (answer) take(answer);
        refresh();
      });
    },
  };
  const sent = new Map(); // what the file does not have yet
  let queue = Promise.resolve();
  const take = ({ marks }) => {
    earlier.clear();
    own = new Map(marks.map(([id, ...decision]) => [id, decision]));
  };
  const send = async (method, body) => {
    try {
      const headers = { "X-Onelook-Token": facts.saved.token, ...(body && { "Content-Type": "application/json" }) };
      const answer = await fetch(facts.saved.address, { method, headers, body: body && JSON.stringify(body) });
      const content = await answer.json();
      trouble = answer.ok ? "" : translate("Not saved: {reason}", { reason: content.detail });
      return answer.ok ? content : null;
    } catch {
      trouble = translate("Not saved: the command that saves marks has ended. Start it again, and open the address that it prints.");
      return null;
    }
  };
  const store = facts.saved ? onDisk : inBrowser;
  const decision = (id) => {
    const found = sent.get(id) ?? own.get(id) ?? earlier.get(id);
    return found && found[0] ? found : null;
  };
  const decided = () => new Map([...earlier, ...own, ...sent].filter(([, [action]]) => action));

  // The pictures of the page.
  const read = (element) => {
    const [id, label, guess, content] = JSON.parse(element.dataset.mark);
    return { id, label, guess, content };
  };
  let known = null; // the contents of errors, by id, which the gallery has
  const contentOf = (id) => {
    if (!known) {
      const gallery = document.getElementById("gallery");
      const { errors, contents = [], ids = {} } = gallery ? JSON.parse(gallery.content.textContent) : { errors: [] };
      known = new Map(contents.map((content, at) => [ids[at] ?? errors[at][0], content]));
    }
    return known.get(id) ?? "";
  };
  const all = () => [...document.querySelectorAll("[data-mark]")].filter((each) => !each.closest("[hidden], details:not([open])"));
  let current = null;
  const BADGES = { drop: translate("drop"), keep: translate("fine") };
  const dress = (element) => {
    const { id } = read(element);
    const found = decision(id);
    let badge = element.querySelector(".mark");
    if (!found) {
      badge?.remove();
      element.removeAttribute("data-decided");
      return;
    }
    if (!badge) {
      badge = make("span", { className: "mark" });
      element.prepend(badge);
    }
    const text = found[0] === "relabel" ? `→ ${inWords(found[1])}` : BADGES[found[0]];
    if (badge.textContent !== text) badge.textContent = text;
    if (element.dataset.decided !== found[0]) element.dataset.decided = found[0];
  };
  const dressAll = () => {
    for (const list of new Set([...document.querySelectorAll("[data-mark]")].map((each) => each.closest("ol, ul")))) {
      const members = [...list.querySelectorAll("[data-mark]")];
      const reached = members.find((each) => each.tabIndex === 0) ?? members[0]; // Tab reaches one of a list, arrows the others
      for (const each of members) {
        const index = each === reached ? "0" : "-1";
        if (each.getAttribute("tabindex") !== index) each.setAttribute("tabindex", index);
        dress(each);
      }
    }
  };
  const reach = (element) => {
    for (const each of element.closest("ol, ul").querySelectorAll('[data-mark][tabindex="0"]')) each.tabIndex = -1;
    element.tabIndex = 0;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  };

  // Deciding.
  const past = []; // [id, the decision before]
  const decide = async (action, name = "") => {
    if (!current) return;
    const element = current;
    const { id, label, content } = read(element);
    const before = earlier.get(id);
    if (action === "relabel" && name === label) [action, name] = ["keep", ""];
    // The label on the page is that of an earlier decision: to agree with it is to keep that decision.
    if (!facts.saved && action === "keep" && before?.[0] === "relabel") [action, name] = before;
    past.push([id, decision(id)]);
    const to = next(element, 1);
    if (to && action) reach(to);
    else if (action) [...document.querySelectorAll("[rel=next]")].at(-1)?.focus(); // Enter opens the next page
    await store.write(id, action ? [action, name, content || contentOf(id), new Date().toISOString().slice(0, 19) + "Z"] : null);
    refresh();
    if (action === "relabel") say(translate("{id}: it is {name}.", { id, name: inWords(name) }));
    else say(translate("{id}: {mark}.", { id, mark: action ? BADGES[action] : translate("no mark") }));
  };
  const undo = async () => {
    const last = past.pop();
    if (!last) return;
    const [id, before] = last;
    await store.write(id, before);
    refresh();
    const element = all().find((each) => read(each).id === id);
    if (element) reach(element);
    say(translate("{id}: undone.", { id }));
  };

  // Moving.
  const next = (element, step) => {
    const within = all();
    const to = within[within.indexOf(element) + step];
    const section = element.closest("section");
    const more = section?.querySelector(".more-errors");
    if (step > 0 && to?.closest("section") !== section && more && !more.hidden && element.closest(".pictures, .unpictured")) {
      more.click();
      const longer = all();
      return longer[longer.indexOf(element) + step];
    }
    return to;
  };
  const above = (element, step) => { // the nearest picture in the row above or below
    const { top, left } = element.getBoundingClientRect();
    const [within, NEAR] = [all(), 80]; // no row of pictures is longer
    const at = within.indexOf(element);
    const rows = within.slice(Math.max(0, at - NEAR), at + NEAR).map((each) => [each, each.getBoundingClientRect()]);
    const beyond = rows.filter(([, box]) => step * (box.top - top) > 4);
    const row = step > 0 ? Math.min(...beyond.map(([, box]) => box.top)) : Math.max(...beyond.map(([, box]) => box.top));
    const inRow = beyond.filter(([, box]) => Math.abs(box.top - row) < 4);
    return inRow.sort(([, one], [, other]) => Math.abs(one.left - left) - Math.abs(other.left - left))[0]?.[0];
  };

  // The bar: what the picture is called, what can be said of it, and what was said of all.
  const bar = make("aside", { className: "marks-bar", hidden: true });
  bar.setAttribute("aria-label", translate("Marks"));
  const [about, choices, search] = [make("p", { className: "about" }), make("div", { className: "choices-of-mark" }), make("div", { className: "class-search" })];
  const status = make("p", { className: "marks-status" });
  status.setAttribute("role", "status");
  const [count, saved, actions, how] = [make("b"), make("span"), make("span", { className: "marks-actions" }), make("div", { className: "marks-how", hidden: true })];
  const warning = make("p", { className: "marks-trouble" });
  warning.setAttribute("role", "alert");
  const spoken = make("span", { className: "unseen" });
  spoken.setAttribute("role", "status");
  const say = (text) => { spoken.textContent = text; };
  bar.append(about, choices, search, warning, make("div", { className: "marks-foot" }, status, actions), how, spoken);
  status.append(count, " ", saved);

  const classButtons = bySearch ? [] : classes.map((name, at) => button(shown[at], areDigits ? "" : digit(at), () => decide("relabel", name)));
  const guessed = button("", "1", () => current && read(current).guess && decide("relabel", read(current).guess));
  const removed = button(translate("no mark"), "Del", () => decide(""), { className: "quiet" });
  const keys = make("span", { className: "keys" }, translate("arrows move · u undoes"));
  const found = make("ul", { className: "class-matches", hidden: true, id: "class-matches" });
  found.setAttribute("role", "listbox");
  found.setAttribute("aria-label", translate("Classes with these letters"));
  const field = make("input", { type: "text", placeholder: translate("It is a … (press / and type)"), autocomplete: "off" });
  for (const [name, value] of [["role", "combobox"], ["aria-label", translate("The right class")], ["aria-expanded", "false"], ["aria-controls", "class-matches"]]) field.setAttribute(name, value);
  if (bySearch) search.append(field, found);
  choices.append(...(bySearch ? [guessed] : classButtons), button(translate("drop"), "x", () => decide("drop")), button(translate("fine"), "Enter", () => decide("keep")), removed, keys);

  let [matches, chosen, recent] = [[], 0, []];
  const offer = () => {
    const wanted = field.value.trim().toLowerCase();
    const places = [...classes.keys()];
    const begins = (at) => (shown[at].toLowerCase().startsWith(wanted) ? 0 : 1);
    matches = wanted
      ? places.filter((at) => shown[at].toLowerCase().includes(wanted)).sort((a, b) => begins(a) - begins(b) || a - b).slice(0, 8)
      : recent.slice(0, 8);
    chosen = Math.min(chosen, Math.max(0, matches.length - 1));
    found.replaceChildren(...matches.map((at, place) => {
      const item = make("li", { id: `class-match-${place}` }, shown[at]);
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", place === chosen);
      item.addEventListener("mousedown", (event) => event.preventDefault());
      item.addEventListener("click", () => pick(at));
      return item;
    }), ...(wanted && !matches.length ? [make("li", { className: "none" }, translate("No class has these letters."))] : []));
    found.hidden = !found.children.length;
    field.setAttribute("aria-expanded", !found.hidden);
    if (matches.length) field.setAttribute("aria-activedescendant", `class-match-${chosen}`);
    else field.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    field.value = "";
    found.hidden = true;
    field.setAttribute("aria-expanded", "false");
    if (current) reach(current);
  };
  const pick = (at) => {
    recent = [at, ...recent.filter((each) => each !== at)];
    close();
    decide("relabel", classes[at]);
  };
  field.addEventListener("focus", () => { chosen = 0; offer(); });
  field.addEventListener("blur", () => { found.hidden = true; });
  field.addEventListener("input", () => { chosen = 0; offer(); });
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) chosen = Math.max(0, Math.min(matches.length - 1, chosen + steps[event.key]));
    else if (event.key === "Enter" && matches.length) pick(matches[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    if (event.key in steps) offer();
  });

  // What was decided leaves as a file.
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const asCsv = () => {
    const rows = [...decided()].map(([id, [action, name, content, at]]) => [id, action, name, content, at]);
    return [HEADER, ...rows].map((row) => `${row.map(quoted).join(",")}\n`).join("");
  };
  const download = () => {
    const address = URL.createObjectURL(new Blob([asCsv()], { type: "text/csv" }));
    make("a", { href: address, download: "fixes.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    how.hidden = false;
  };
  const clear = button(translate("Clear"), "", () => {
    if (clear.dataset.sure) {
      own = new Map();
      try { localStorage.removeItem(`onelook ${facts.key}`); } catch { /* nothing is kept there */ }
      past.length = 0;
      calm();
      refresh();
      say(translate("All marks are cleared."));
    } else {
      clear.dataset.sure = "yes";
      clear.textContent = translate("Click again to clear all");
    }
  }, { className: "quiet" });
  const calm = () => {
    delete clear.dataset.sure;
    clear.textContent = translate("Clear");
  };
  clear.addEventListener("blur", calm);
  clear.addEventListener("mouseleave", calm);
  const taught = button(translate("How to use it"), "", () => { how.hidden = !how.hidden; }, { className: "quiet" });
  if (facts.saved) {
    how.append(make("p", {}, translate("Every mark is in the file at once. To train with them, end the command with Ctrl-C, and type:")));
    actions.append(taught);
  } else {
    how.append(make("p", {}, translate("Put fixes.csv into the folder where you type the command, and train again:")));
    actions.append(button(translate("Download fixes.csv"), "", download, { className: "main" }), taught, clear);
  }
  how.append(make("pre", { className: "command", tabIndex: 0 }, make("code", {}, facts.command)));

  const refresh = () => {
    dressAll();
    describe();
  };
  const describe = () => {
    const marks = decided();
    const of = (action) => [...marks.values()].filter(([each]) => each === action).length;
    const parts = [
      [of("relabel"), translate("relabelled")], [of("drop"), translate("dropped")], [of("keep"), translate("fine")],
    ].filter(([number]) => number);
    count.textContent = marks.size ? translate("{pictures} marked", { pictures: pictures(marks.size) }) : translate("No picture is marked yet");
    const sums = parts.map(([number, word]) => translate("{n} {action}", { n: number.toLocaleString("en"), action: word })).join(", ");
    const onDisk = facts.saved && (sent.size ? translate("Saving …") : translate("Saved in {file}.", { file: facts.saved.file }));
    const where = onDisk || translate("Kept in this browser.");
    saved.textContent = marks.size ? `(${sums}). ${where}` : "";
    warning.textContent = trouble;
    clear.hidden = !own.size;
    actions.hidden = !marks.size && !facts.saved;
    if (!marks.size) how.hidden = true;
    const isOpen = Boolean(current);
    for (const part of [about, choices, search]) part.hidden = !isOpen;
    bar.hidden = !isOpen && !marks.size && !facts.saved;
    document.body.classList.toggle("with-marks-bar", !bar.hidden);
    if (isOpen) {
      const { id, label, guess } = read(current);
      const bold = (name) => make("bdi", {}, make("b", {}, inWords(name)));
      const parts = { id: make("span", { className: "id" }, id), label: label && bold(label), guess: guess && bold(guess) };
      const isGuessed = guess && guess !== label;
      about.replaceChildren(...(
        label && isGuessed ? filled("{id} is labelled {label}, taken for {guess}. What is it?", parts)
        : label ? filled("{id} is labelled {label}. What is it?", parts)
        : isGuessed ? filled("{id} has no label, taken for {guess}. What is it?", parts)
        : filled("{id} has no label. What is it?", parts)));
      const mark = decision(id);
      classButtons.forEach((each, at) => {
        each.setAttribute("aria-pressed", mark?.[0] === "relabel" && mark[1] === classes[at]);
        each.classList.toggle("guess", classes[at] === guess && guess !== label);
      });
      guessed.hidden = !guess || guess === label;
      guessed.replaceChildren(make("kbd", {}, "1"), " ", inWords(guess));
      removed.hidden = !mark;
    }
  };

  // Keys and the mouse.
  document.addEventListener("focusin", (event) => {
    const element = event.target.closest?.("[data-mark]");
    if (element && element !== current) {
      current?.removeAttribute("data-current");
      current = element;
      current.dataset.current = "";
      describe();
    }
  });
  document.addEventListener("click", (event) => {
    const element = event.target.closest?.("[data-mark]");
    if (element && !event.target.closest("a, button, input") && getSelection().isCollapsed) reach(element);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches?.("[data-mark]")) return;
    const { key } = event;
    const moves = {
      ArrowRight: () => next(current, 1), ArrowLeft: () => next(current, -1),
      ArrowDown: () => above(current, 1), ArrowUp: () => above(current, -1),
    };
    const at = bySearch ? -1 : classes.findIndex((_, place) => digit(place) === key);
    if (key in moves) {
      const to = moves[key]();
      if (to) reach(to);
    } else if (at >= 0) decide("relabel", classes[at]);
    else if (bySearch && key === "1" && !guessed.hidden) guessed.click();
    else if (bySearch && key === "/") field.focus();
    else if (key === "x") decide("drop");
    else if (key === "Enter") decide("keep");
    else if (key === "Delete" || key === "Backspace") decide("");
    else if (key === "u") undo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  const again = async () => {
    await store.read();
    refresh();
  };
  addEventListener("storage", again); // another tab has marked
  addEventListener("focus", () => facts.saved && again());
  document.body.append(bar);
  new ResizeObserver(() => { // a picture is not scrolled below the bar
    document.body.style.setProperty("--marks-bar", `${bar.offsetHeight}px`);
  }).observe(bar);
  const isPicture = (node) => node.nodeType === Node.ELEMENT_NODE && (node.matches("[data-mark]") || node.querySelector("[data-mark]"));
  new MutationObserver((changes) => { // the gallery shows others
    if (changes.some(({ addedNodes }) => [...addedNodes].some(isPicture))) dressAll();
  }).observe(document.querySelector("main"), { childList: true, subtree: true });
  if (facts.saved) {
    refresh();
    // This page is there to be worked through: it begins where the last sitting ended.
    const first = all().find((each) => !decision(read(each).id));
    if (first) reach(first);
  } else again();
}
