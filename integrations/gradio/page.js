// Pictures open large in a dialog: arrows go through those beside it, Escape closes it.
(() => {
  const dialog = () => {
    let found = document.getElementById("aq-lightbox");
    if (found) return found;
    found = document.createElement("dialog");
    found.id = "aq-lightbox";
    found.setAttribute("aria-label", "Image");
    const picture = document.createElement("img");
    const name = document.createElement("p");
    const close = document.createElement("button");
    close.textContent = "Close";
    close.type = "button";
    close.addEventListener("click", () => found.close());
    found.append(picture, name, close);
    found.addEventListener("click", (event) => event.target === found && found.close());
    found.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) show(beside(found.source, step));
    });
    document.body.append(found);
    return found;
  };
  const beside = (source, step) => {
    const all = [...(source.parentElement?.querySelectorAll(":scope > [data-zoom]") ?? [])];
    return all[(all.indexOf(source) + step + all.length) % all.length] ?? source;
  };
  const show = (source) => {
    const box = dialog();
    box.source = source;
    box.querySelector("img").src = source.dataset.zoom;
    box.querySelector("img").alt = source.dataset.name ?? "";
    box.querySelector("p").textContent = source.dataset.name ?? "";
    if (!box.open) box.showModal();
  };
  document.addEventListener("click", (event) => {
    const source = event.target.closest?.("[data-zoom]");
    if (source) show(source);
  });
})();

// On a narrow screen the list of conversations lies over the page: it gives way.
(() => {
  const fold = () => {
    const side = document.getElementById("threads");
    const narrow = window.matchMedia("(max-width: 820px)").matches;
    if (narrow && side?.classList.contains("open")) side.querySelector(".toggle-button").click();
  };
  const watch = new MutationObserver(() => {
    if (!document.querySelector("#threads .toggle-button")) return;
    watch.disconnect();
    window.setTimeout(fold, 50); // once Gradio has wired its button
  });
  watch.observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#new, [data-thread]")) fold();
  });
})();

// A login ends while a page is open: what is asked meanwhile waits until there is one again.
(() => {
  const dialog = () => {
    let found = document.getElementById("aq-signed-out");
    if (found) return found;
    found = document.createElement("dialog");
    found.id = "aq-signed-out";
    found.setAttribute("aria-label", "Signed out");
    const said = document.createElement("p");
    said.textContent = "You are signed out. Sign in again in another tab, and this page goes on.";
    const link = document.createElement("a");
    link.textContent = "Sign in again";
    link.className = "aq-button";
    link.target = "_blank";
    found.append(said, link);
    document.body.append(found);
    return found;
  };
  const show = () => {
    const found = dialog();
    const here = window.location.pathname + window.location.search;
    found.querySelector("a").href = `/login?next=${encodeURIComponent(here)}`;
    if (!found.open) found.showModal();
  };
  const plain = window.fetch.bind(window);
  const refused = (answer) => answer.status === 401 && answer.url.includes("/gradio_api/");
  window.fetch = async (address, options) => {
    let answer = await plain(address, options);
    while (refused(answer)) {
      show();
      await new Promise((resolve) => window.setTimeout(resolve, 2000));
      answer = await plain(address, options);
    }
    if (answer.url.includes("/gradio_api/")) document.getElementById("aq-signed-out")?.close();
    return answer;
  };
})();
