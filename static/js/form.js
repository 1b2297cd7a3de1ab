// One team at a time; a draft on this device only; nothing sent twice. The form works without it.
(() => {
  const form = document.querySelector("form[data-steps]");
  if (!form) return;
  const steps = [...form.querySelectorAll(".step")];
  const back = form.querySelector("[data-back]");
  const next = form.querySelector("[data-next]");
  const send = form.querySelector("[data-send]");
  const key = "tribometer " + form.dataset.draft;
  // Whatever somebody else left unsent in this tab is not for the person here now.
  for (const other of Object.keys(sessionStorage)) if (other.startsWith("tribometer ") && other !== key) sessionStorage.removeItem(other);
  let now = 0;
  form.classList.add("stepped");

  // Of many partner teams only those ticked as met are asked about; without a tick, all.
  const screener = form.querySelector("[data-screener]");
  const ticks = screener ? [...screener.querySelectorAll("[data-met]")] : [];
  const asked = (step) => {
    const met = ticks.filter((tick) => tick.checked).map((tick) => tick.dataset.met);
    return !step.dataset.team || !met.length || met.includes(step.dataset.team);
  };
  const most = () => {
    const full = ticks.filter((tick) => tick.checked).length >= Number(screener.dataset.screener);
    for (const tick of ticks) tick.disabled = full && !tick.checked;
  };
  const onward = (from, by) => {
    let to = from + by;
    while (steps[to] && !asked(steps[to])) to += by;
    return steps[to] ? to : from;
  };

  const show = (index, focus) => {
    now = Math.max(0, Math.min(index, steps.length - 1));
    const last = onward(now, 1) === now;
    steps.forEach((step, i) => { step.hidden = i !== now; });
    back.hidden = now === 0;
    next.hidden = last;
    send.hidden = !last;
    form.classList.toggle("later", now > 0);
    if (focus) {
      const heading = steps[now].querySelector("h2");
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      scrollTo(0, 0);
      // The second half of a double tap would land on what lies there now.
      form.classList.add("settling");
      setTimeout(() => form.classList.remove("settling"), 350);
    }
  };
  const go = (index) => {
    show(index, true);
    history.pushState({ step: now }, "");
  };
  addEventListener("popstate", (event) => {
    if (event.state) { show(event.state.step, true); return; }
    // A link within the page: to a field that needs another look, or past the head.
    const field = document.getElementById(location.hash.slice(1));
    const at = steps.findIndex((step) => step.contains(field));
    history.replaceState({ step: at < 0 ? now : at }, "");
    if (at < 0) return;
    show(at, false);
    field.focus();
  });
  back.addEventListener("click", () => history.back());
  next.addEventListener("click", () => go(onward(now, 1)));

  const keep = () => {
    const draft = {};
    for (const [name, value] of new FormData(form)) if (name !== "receipt" && value) draft[name] = value;
    try { sessionStorage.setItem(key, JSON.stringify(draft)); } catch { /* a full or closed store: no draft */ }
  };
  const restore = () => {
    let draft = {};
    try { draft = JSON.parse(sessionStorage.getItem(key) || "{}"); } catch { return; }
    for (const [name, value] of Object.entries(draft)) {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio") field.checked = field.value === value;
        else if (field.type === "checkbox") field.checked = true;
        else field.value = value;
      }
    }
  };

  const contacts = /[\w.+-]+@[\w-]+\.\w+|(?:\+|\b0)\d[\d /()-]{6,}\d/;
  const look = (area) => {
    const under = document.getElementById(area.id + "_below");
    under.querySelector("[data-left]").textContent = area.maxLength - area.value.length;
    under.querySelector("[data-names]").hidden = !contacts.test(area.value);
  };
  const skip = (box) => {
    box.closest(".step").querySelector("[data-items]").hidden = box.checked;
  };
  const skipped = () => form.querySelectorAll("[data-items][hidden] :is(input, select, textarea)");
  const offline = form.querySelector("[data-offline]");

  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea")) look(event.target);
    if (event.target.matches("[data-none]")) skip(event.target);
    if (event.target.matches("[data-met]")) { most(); show(now, false); }
    keep();
  });
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      offline.hidden = false;
      return;
    }
    // What a "no dealings" has hidden is not sent, though the draft keeps it.
    for (const field of skipped()) field.disabled = true;
    // Disabled after the browser has read the form; a second tap finds nothing to press.
    setTimeout(() => { send.disabled = true; }, 0);
  });
  addEventListener("pageshow", () => {
    send.disabled = form.dataset.draft === "preview";
    for (const field of skipped()) field.disabled = false;
  });
  addEventListener("online", () => { offline.hidden = true; });

  restore();
  form.querySelectorAll("textarea").forEach(look);
  form.querySelectorAll("[data-none]").forEach(skip);
  if (screener) most();
  const wrong = steps.findIndex((step) => step.querySelector(".problem"));
  form.querySelector("[data-steps-nav]").hidden = false;
  show(history.state ? history.state.step : Math.max(wrong, 0), false);
  history.replaceState({ step: now }, "");
})();
