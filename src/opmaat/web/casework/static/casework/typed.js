// Keeps what was sent until it is saved, so that a session that ended meanwhile costs no text. It stays in this tab,
// for this account and this page, and goes once something was saved or when the tab is closed.
"use strict";
(() => {
  const { owner, restored } = document.currentScript.dataset;
  const place = `typed ${owner} ${location.pathname}`;
  const main = document.querySelector("main");
  const form = main.querySelector("form[method=post]");
  const fields = [...(form ? form.elements : [])].filter((one) => one.name && one.type !== "hidden");
  const told = main.querySelector(":scope > [role=status]");
  if (told) {
    Object.keys(sessionStorage).filter((key) => key.startsWith("typed ")).forEach((key) => sessionStorage.removeItem(key));
  }
  const kept = sessionStorage.getItem(place);
  if (kept && !main.querySelector(".problems")) {
    const values = JSON.parse(kept);
    fields.forEach((field, number) => {
      if (field.type === "radio" || field.type === "checkbox") field.checked = values[number];
      else if (field.type !== "submit") field.value = values[number];
    });
    const notice = document.createElement("p");
    notice.className = "notice";
    notice.setAttribute("role", "status");
    notice.textContent = restored;
    main.prepend(notice);
  }
  sessionStorage.removeItem(place);
  form?.addEventListener("submit", () => {
    const values = fields.map((one) => (one.type === "radio" || one.type === "checkbox" ? one.checked : one.value));
    sessionStorage.setItem(place, JSON.stringify(values));
  });
})();
