// Sections that an author wrote as tabs become tabs: one shown at a time, arrows move between them.
// Without this script they stand under each other, each with its title.
(function () {
  "use strict";

  document.querySelectorAll(".prose .tabs").forEach(function (group, number) {
    const sections = Array.from(group.children);
    const list = document.createElement("div");
    list.className = "tab-list";
    list.setAttribute("role", "tablist");

    const tabs = sections.map(function (section, index) {
      const title = section.querySelector(".tab-title");
      const tab = document.createElement("button");
      tab.type = "button";
      tab.id = "tab-" + number + "-" + index;
      tab.textContent = title.textContent;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", "tab-panel-" + number + "-" + index);
      title.hidden = true;
      section.id = "tab-panel-" + number + "-" + index;
      section.tabIndex = 0;
      section.setAttribute("role", "tabpanel");
      section.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", function () {
        show(index);
      });
      list.append(tab);
      return tab;
    });

    function show(chosen) {
      tabs.forEach(function (tab, index) {
        tab.setAttribute("aria-selected", String(index === chosen));
        tab.tabIndex = index === chosen ? 0 : -1;
        sections[index].hidden = index !== chosen;
      });
    }

    list.addEventListener("keydown", function (event) {
      const last = tabs.length - 1;
      const here = tabs.indexOf(document.activeElement);
      const next = {
        ArrowRight: here === last ? 0 : here + 1,
        ArrowLeft: here === 0 ? last : here - 1,
        Home: 0,
        End: last,
      }[event.key];
      if (next !== undefined) {
        event.preventDefault();
        show(next);
        tabs[next].focus();
      }
    });

    // A heading that an address names may stand behind another tab.
    function reveal() {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      const holding = sections.findIndex(function (section) {
        return section.contains(target);
      });
      if (target && holding >= 0) {
        show(holding);
        target.scrollIntoView();
      }
    }

    group.classList.add("tabs-made");
    group.prepend(list);
    show(0);
    reveal();
    window.addEventListener("hashchange", reveal);
  });
})();
