() => {
  // Names every element and attribute that could run, load or send something, or lead elsewhere than http(s).
  const elements = new Set(["script", "iframe", "frame", "frameset", "object", "embed", "applet", "img", "image", "picture",
    "source", "video", "audio", "track", "form", "input", "button", "select", "textarea", "base", "link", "portal", "marquee",
    "foreignobject", "animate", "animatetransform", "animatemotion", "set", "handler", "listener", "template", "math", "bgsound"]);
  const loading = new Set(["src", "srcset", "srcdoc", "data", "action", "formaction", "poster", "background", "ping", "style",
    "manifest", "codebase", "archive", "dynsrc", "lowsrc", "cite"]);
  const harmless = address => {
    try {
      const whole = new URL(address, document.baseURI);
      return /^https?:$/.test(whole.protocol) && (whole.origin === location.origin || /^https?:\/\/[^/@]/i.test(address));
    } catch { return false; }
  };
  const found = [];
  for (const each of document.querySelectorAll("*")) {
    const name = each.localName.toLowerCase();
    if (elements.has(name)) found.push(name);
    if (name === "meta" && /refresh/i.test(each.getAttribute("http-equiv") || "")) found.push("meta refresh");
    for (const { name: attribute, value } of each.attributes) {
      if (/^on/i.test(attribute) || loading.has(attribute.toLowerCase())) found.push(`${name} ${attribute}`);
      if (/^(xlink:)?href$/i.test(attribute) && !harmless(value)) found.push(`${name} ${attribute}=${value}`);
    }
  }
  return found;
}
