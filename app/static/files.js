// Sending files: how far each one is, and going on after a break. Without this file the plain form sends them.
for (const form of document.querySelectorAll("form[data-uploads]")) {
  const box = form.querySelector("input[type=file]");
  const list = form.querySelector("#sending");
  const token = form.querySelector("[name=csrf_token]")?.value;
  form.addEventListener("submit", async (event) => {
    if (!box.files.length) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    const done = [];
    try {
      if (!window.tus) await import(form.dataset.client);
      for (const file of box.files) done.push(await send(file));
    } catch {
      form.submit();
      return;
    }
    button.disabled = false;
    delete form.dataset.sent;
    if (done.every(Boolean)) location.assign(form.dataset.page);
    else box.value = "";
  });

  // One file after another: a phone's connection carries one best.
  function send(file) {
    const begun = [...list.children].find((one) => one.dataset.name === file.name && Number(one.dataset.size) === file.size);
    const line = begun || list.appendChild(document.createElement("li"));
    const name = document.createElement("bdi");
    const bar = document.createElement("progress");
    const words = document.createElement("span");
    name.textContent = file.name;
    bar.max = file.size || 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    line.replaceChildren(name, " ", bar, " ", words);
    const fail = (why) => {
      bar.remove();
      words.setAttribute("role", "alert");
      words.textContent = why;
    };
    if (file.size > Number(form.dataset.most)) {
      fail(form.dataset.large);
      return false;
    }
    return new Promise((resolve) => {
      const upload = new window.tus.Upload(file, {
        endpoint: form.dataset.uploads,
        uploadUrl: begun?.dataset.upload || null,
        chunkSize: 4 * 1024 * 1024,
        retryDelays: [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000],
        storeFingerprintForResuming: false, // a shared device keeps neither name nor link
        metadata: { filename: file.name },
        headers: token ? { "X-CSRFToken": token } : {},
        onProgress: (sent, size) => {
          bar.value = sent;
          words.textContent = `${Math.floor((100 * sent) / (size || 1))} %`;
        },
        onSuccess: () => resolve(true),
        onError: (fault) => {
          const said = fault.originalResponse?.getStatus() in { 413: 1, 422: 1, 429: 1 };
          fail(said ? fault.originalResponse.getBody() : form.dataset.stopped);
          if (upload.url) Object.assign(line.dataset, { upload: upload.url, name: file.name, size: file.size });
          if (said) delete line.dataset.upload;
          resolve(false);
        },
      });
      upload.start();
    });
  }
}
