// The pair's chart tells its values: under the pointer, and month by month with the arrow keys.
(() => {
  for (const chart of document.querySelectorAll("svg.chart[data-values]")) {
    const says = document.getElementById(chart.dataset.values);
    const months = [];
    for (const side of chart.querySelectorAll("g[class^='side-']")) {
      [...side.querySelectorAll("g.month")].forEach((mark, i) => { (months[i] ??= []).push(mark); });
    }
    if (!says || !months.length) continue;
    let now = -1;
    const show = (index) => {
      if (index === now) return;
      for (const mark of months[now] ?? []) mark.classList.remove("on");
      now = index;
      for (const mark of months[now] ?? []) mark.classList.add("on");
      says.replaceChildren(...(months[now] ?? []).map((mark) => {
        const line = document.createElement("span");
        line.textContent = mark.querySelector("title").textContent;
        return line;
      }));
    };
    const middle = (marks) => {
      const boxes = marks.map((mark) => mark.getBoundingClientRect());
      return boxes.reduce((sum, box) => sum + box.left + box.width / 2, 0) / boxes.length;
    };
    chart.tabIndex = 0;
    chart.addEventListener("keydown", (event) => {
      const last = months.length - 1;
      const to = { ArrowLeft: Math.max(now - 1, 0), ArrowRight: Math.min(now + 1, last), Home: 0, End: last }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      show(to);
    });
    chart.addEventListener("focus", () => { if (now < 0) show(months.length - 1); });
    chart.addEventListener("pointermove", (event) => {
      const far = months.map((marks) => Math.abs(middle(marks) - event.clientX));
      show(far.indexOf(Math.min(...far)));
    });
  }
})();
