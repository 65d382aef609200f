// Looks again every two seconds how far the work is. Without scripts the page has a link that does the same.
(function () {
  "use strict";
  const shown = document.getElementById("job");
  function put(found) {
    if (found.dataset.ended === "yes") { shown.innerHTML = found.innerHTML; return; }
    for (const part of ["#job-state", "#job-bar"]) {
      const fresh = found.querySelector(part), old = shown.querySelector(part);
      if (!fresh || !old) { if (fresh || old) { shown.innerHTML = found.innerHTML; } return; }
      if (fresh.value !== undefined) { old.value = fresh.value; }
      else if (fresh.textContent !== old.textContent) { old.textContent = fresh.textContent; }
    }
  }
  function look() {
    fetch(window.location.href, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
      .then((text) => {
        const found = new DOMParser().parseFromString(text, "text/html").getElementById("job");
        if (!found) { return; }
        put(found);
        if (found.dataset.ended !== "yes") { window.setTimeout(look, 2000); }
      })
      .catch(() => window.setTimeout(look, 10000));
  }
  window.setTimeout(look, 2000);
})();
