// The chosen appearance, applied before the first paint: light, dark, or what the system says.
(function () {
  "use strict";

  const KEY = "theme";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  // Storage may be switched off; then the system decides and a choice lasts for the page.
  let chosen = "system";
  try {
    chosen = localStorage.getItem(KEY) || "system";
  } catch (error) {
    chosen = "system";
  }

  function apply() {
    const theme = chosen === "system" ? (dark.matches ? "dark" : "light") : chosen;
    root.setAttribute("data-bs-theme", theme);
  }

  function choose(value) {
    chosen = value;
    try {
      if (value === "system") {
        localStorage.removeItem(KEY);
      } else {
        localStorage.setItem(KEY, value);
      }
    } catch (error) {
      // See above.
    }
    apply();
  }

  apply();
  dark.addEventListener("change", apply);
  // Another tab of the same person follows.
  window.addEventListener("storage", function (event) {
    if (event.key === KEY) {
      chosen = event.newValue || "system";
      apply();
    }
  });

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-theme-choice]").forEach(function (group) {
      group.hidden = false;
      group.querySelectorAll("input").forEach(function (input) {
        input.checked = input.value === chosen;
        input.addEventListener("change", function () {
          choose(input.value);
        });
      });
    });
  });
})();
