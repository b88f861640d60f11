// A photo is made small before it is sent: at most 1600 px, as JPEG, without what the camera wrote
// beside the picture. Where that does not work, the photo is sent as it is.
"use strict";

(() => {
  const LONGEST = 1600;
  const QUALITY = 0.8;

  async function shrunk(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";  // JPEG knows no transparency
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    const name = `${file.name.replace(/\.[^.]*$/, "") || "photo"}.jpg`;
    return new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified });
  }

  const isPicture = (file) => file.type.startsWith("image/");

  // What is chosen while earlier photos are still at work replaces them. A file that is no picture
  // stays as it is: the server says what is wrong with it.
  async function take(box) {
    const chosen = [...box.files];
    const said = document.getElementById(box.dataset.photo);
    const buttons = [...box.form.querySelectorAll('[type="submit"]')].filter((each) => !each.disabled);
    if (said) said.textContent = "";
    if (!chosen.some(isPicture)) return;
    for (const button of buttons) button.disabled = true;
    try {
      const files = new DataTransfer();
      let bytes = 0;
      for (const file of chosen) {
        const small = isPicture(file) ? await shrunk(file).catch(() => file) : file;
        files.items.add(small);
        bytes += small.size;
      }
      if (box.files.length !== chosen.length || box.files[0] !== chosen[0]) return;
      box.files = files.files;
      const kilobytes = Math.max(1, Math.round(bytes / 1000)).toLocaleString(document.documentElement.lang);
      if (said) said.textContent = `${kilobytes} kB`;
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches('input[type="file"][data-photo]')) take(event.target);
  });
})();
