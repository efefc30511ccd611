/* Counts down, and fetches a fresh code before the shown one ends. Old phones run it as it is. */
(function () {
  "use strict";
  var REFRESH_BEFORE = 30000, RETRY_FIRST = 2000, RETRY_MAX = 20000, SECOND = 1000;
  var card = document.getElementById("card");
  var whole = Number(card.getAttribute("data-valid"));
  var start = mark(), retry = RETRY_FIRST, waitUntil = 0, asking = false, failed = false, over = false;

  function byId(id) { return document.getElementById(id); }

  /* Two clocks, as one stands still while some phones sleep and the other may be set. */
  function mark() { return { steady: performance.now(), wall: Date.now() }; }
  function since(then) {
    return Math.max(performance.now() - then.steady, Date.now() - then.wall, 0);
  }
  function left() { return Math.max(0, whole - since(start)); }

  function show(id, text) {
    if (byId(id).textContent !== text) { byId(id).textContent = text; }
  }

  function draw() {
    var rest = left(), seconds = Math.ceil(rest / SECOND);
    var stale = rest <= 0;
    show("time", Math.floor(seconds / 60) + ":" + ("0" + seconds % 60).slice(-2));
    byId("bar").style.transform = "scaleX(" + (rest / whole) + ")";
    card.className = stale ? "stale" : "";
    var said = stale ? (asking ? "data-loading" : "data-stale") : failed ? "data-offline" : "";
    byId("notice").hidden = !said;
    if (said) { show("notice", card.getAttribute(said)); }
  }

  function put(fresh) {
    var picture = new DOMParser().parseFromString(fresh.svg, "image/svg+xml").documentElement;
    var place = byId("qr");
    while (place.firstChild) { place.removeChild(place.firstChild); }
    place.appendChild(document.importNode(picture, true));
    show("name", fresh.name);
    show("level", fresh.level);
    show("balance", fresh.balance);
    show("code", fresh.code.slice(0, 3) + "\u202f" + fresh.code.slice(3));
    whole = fresh.validMs;
    start = mark();
  }

  function done(ok) {
    asking = false;
    failed = !ok;
    byId("refresh").disabled = false;
    retry = ok ? RETRY_FIRST : Math.min(RETRY_MAX, retry * 2);
    waitUntil = ok ? 0 : Date.now() + retry;
    draw();
  }

  function ask() {
    if (asking || over) { return; }
    asking = true;
    byId("refresh").disabled = true;
    var request = new XMLHttpRequest();
    request.open("GET", location.pathname.replace(/\/$/, "") + "/card");
    request.timeout = 10000;
    request.onload = function () {
      if (request.status === 404) { over = true; location.reload(); return; }
      try {
        if (request.status !== 200) { throw new Error("refused"); }
        put(JSON.parse(request.responseText));
        done(true);
      } catch (error) { done(false); }
    };
    request.onerror = request.ontimeout = function () { done(false); };
    request.send();
    draw();
  }

  function tick() {
    if (!document.hidden && left() <= REFRESH_BEFORE && Date.now() >= waitUntil) { ask(); }
    draw();
  }

  /* A lit screen is easier to scan; where the phone cannot do it, nothing is lost. */
  function stayLit() {
    if (document.hidden || !navigator.wakeLock) { return; }
    navigator.wakeLock.request("screen").catch(function () { return null; });
  }

  document.addEventListener("visibilitychange", function () {
    waitUntil = 0;
    tick();
    stayLit();
  });
  window.addEventListener("online", function () { waitUntil = 0; tick(); });
  byId("refresh").addEventListener("click", ask);
  byId("refresh").hidden = false;
  window.setInterval(tick, SECOND);
  stayLit();
  draw();
}());
