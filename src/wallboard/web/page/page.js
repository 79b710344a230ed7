// Around the terminal of textual-serve: where its socket is, whether it still says something, and how it comes back.
"use strict";

(() => {
  const SILENCE = 15000; // the server says something every 5 s
  const PATIENCE = [1000, 2000, 4000, 8000];
  let heard = 0;
  let lost = false;

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given);
      const alive = () => (heard = Date.now());
      this.addEventListener("open", alive);
      this.addEventListener("message", alive);
      this.addEventListener("close", (event) => lose(event.reason));
    }
    send(data) {
      // Typed into a line that is gone.
      if (this.readyState === Socket.OPEN) super.send(data);
    }
  };

  function lose(why) {
    document.body.classList.add("lost");
    document.getElementById("lost").textContent = why || document.body.dataset.lost;
    if (!lost) again(0);
    lost = true;
  }

  // Begin anew once the server answers, whatever it answers.
  function again(tries) {
    setTimeout(
      () => fetch("alive", { cache: "no-store" }).then(() => location.reload(), () => again(tries + 1)),
      PATIENCE[Math.min(tries, PATIENCE.length - 1)],
    );
  }

  // After a sleep nothing says that the line is gone, but that nothing comes.
  setInterval(() => {
    if (heard && Date.now() - heard > SILENCE) lose("");
  }, 1000);

  // Full screen and the tools belong to the browser, not to the terminal.
  window.addEventListener("keydown", (event) => ["F11", "F12"].includes(event.key) && event.stopImmediatePropagation(), true);

  const begin = window.onload;
  window.onload = async (event) => {
    const terminal = document.getElementById("terminal");
    const address = new URL(`ws/${document.body.dataset.page}`, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    terminal.dataset.sessionWebsocketUrl = address.href;
    const size = Number(new URLSearchParams(location.search).get("fontsize"));
    terminal.dataset.fontSize = size >= 6 && size <= 60 ? size : 16;
    // The terminal measures its cells once, so the letters come first.
    await Promise.allSettled(["", "bold "].map((weight) => document.fonts.load(`${weight}16px "Roboto Mono"`)));
    begin.call(window, event);
    // Keys go to the terminal without a click.
    const focus = () => terminal.querySelector("textarea").focus();
    window.addEventListener("focus", focus);
    focus();
  };
})();
