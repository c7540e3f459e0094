/** What the page does beyond showing: words beside an area, arrow keys on a map, a filter, opening and closing all. */
import { markup } from "./markup.ts"

/**
 * The script. It sets text as text alone, and the page is whole without it. It is written for browsers, and so no program that the
 * compiler reads.
 */
export const script = markup`
  "use strict";
  (function () {
    var tip = document.createElement("div");
    tip.id = "tip";
    tip.setAttribute("role", "tooltip");
    tip.hidden = true;
    document.body.append(tip);

    function areaOf(target) {
      return target instanceof Element ? target.closest(".map a.area, .map .gap") : null;
    }
    function words(area) {
      var title = area.querySelector("title");
      if (title) {
        area.setAttribute("aria-label", title.textContent);
        title.remove();
      }
      return area.getAttribute("aria-label") || "";
    }
    function show(area) {
      tip.replaceChildren.apply(tip, words(area).split(" · ").map(function (line, index) {
        var element = document.createElement(index === 0 ? "b" : "span");
        element.textContent = line;
        return element;
      }));
      tip.hidden = false;
      var box = area.getBoundingClientRect();
      var width = document.documentElement.clientWidth;
      var left = Math.max(8, Math.min(box.left + box.width / 2 - tip.offsetWidth / 2, width - tip.offsetWidth - 8));
      var above = box.top - tip.offsetHeight - 8;
      var style = tip.style;
      style.left = left + "px";
      style.top = (above > 8 ? above : box.bottom + 8) + "px";
    }
    function hide() { tip.hidden = true; }
    document.addEventListener("pointerover", function (event) {
      var area = areaOf(event.target);
      if (area) show(area); else hide();
    });
    document.addEventListener("focusin", function (event) {
      var area = areaOf(event.target);
      if (area) show(area); else hide();
    });
    document.addEventListener("focusout", hide);
    document.addEventListener("scroll", hide, { passive: true });

    // One stop of the tabulator for each map; within it, arrows.
    document.querySelectorAll(".map").forEach(function (map) {
      map.querySelectorAll("a.area").forEach(function (area, index) {
        if (index > 0) area.setAttribute("tabindex", "-1");
      });
    });
    var steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape") hide();
      var area = areaOf(event.target);
      if (!area || event.ctrlKey || event.altKey || event.metaKey) return;
      var all = Array.from(area.closest(".map").querySelectorAll("a.area"));
      var at = all.indexOf(area);
      var to = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : at + (steps[event.key] || 0);
      if (to === at || !all[to]) return;
      event.preventDefault();
      area.setAttribute("tabindex", "-1");
      all[to].removeAttribute("tabindex");
      all[to].focus();
    });

    var filter = document.getElementById("filter");
    if (filter) {
      filter.closest(".tool").hidden = false;
      var cards = Array.from(document.querySelectorAll("#filtered > .card"));
      var rows = cards.flatMap(function (card) {
        return Array.from(card.querySelectorAll("tbody > tr")).map(function (row) {
          return { row: row, card: card, text: row.textContent.toLowerCase() };
        });
      });
      filter.addEventListener("input", function () {
        var wanted = filter.value.toLowerCase().split(/ +/).filter(Boolean);
        var count = 0;
        cards.forEach(function (card) { card.hidden = wanted.length > 0; });
        rows.forEach(function (one) {
          var fits = wanted.every(function (word) { return one.text.includes(word); });
          one.row.hidden = !fits;
          if (!fits) return;
          count++;
          one.card.hidden = false;
          if (wanted.length > 0) one.card.open = true;
        });
        document.getElementById("matches").textContent =
          wanted.length === 0 ? "" : count === 1 ? "1 descriptor" : count + " descriptors";
      });
    }

    ["processes", "memory", "files"].forEach(function (id) {
      var section = document.getElementById(id);
      var cards = section ? Array.from(section.querySelectorAll("details.process, details.card")) : [];
      if (cards.length < 2) return;
      var tools = document.createElement("span");
      tools.className = "tools";
      [["Open all", true], ["Close all", false]].forEach(function (pair) {
        var button = document.createElement("button");
        button.type = "button";
        button.textContent = pair[0];
        button.addEventListener("click", function () {
          cards.forEach(function (card) { card.open = pair[1]; });
        });
        tools.append(button);
      });
      section.querySelector("h2").after(tools);
    });

    // What is led to has to be seen, and so has whatever it lies in.
    function reveal() {
      var target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
      if (!target) return;
      if (target.hidden) {
        filter.value = "";
        filter.dispatchEvent(new Event("input"));
      }
      for (var node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
      var own = target.querySelector(":scope > details");
      if (own) own.open = true;
      target.scrollIntoView();
    }
    addEventListener("hashchange", reveal);
    reveal();

    // On paper nothing can be opened.
    addEventListener("beforeprint", function () {
      document.querySelectorAll("details.process, details.card").forEach(function (one) { one.open = true; });
    });
  })();
`
