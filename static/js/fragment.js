// A secret comes in the address's fragment, which browsers never send: put it into the form,
// take it out of the address bar, and send the form where that is all there is to fill in.
(() => {
  const take = () => {
    const code = decodeURIComponent(location.hash.slice(1));
    const field = document.querySelector("[data-fragment]");
    if (!code || !field) return;
    history.replaceState(null, "", location.pathname + location.search);
    field.value = code;
    if (field.dataset.fragment === "send") field.form.requestSubmit();
  };
  // Loaded without waiting for the styles: on a slow phone the form is there sooner.
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", take);
  else take();
})();
