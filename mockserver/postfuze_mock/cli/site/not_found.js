// A host shows this page at any address, so its links cannot be relative: looks for the site's first page upwards.
(async () => {
  let folder = new URL("./", location.href);
  for (;;) {
    const specification = await fetch(new URL("openapi.yaml", folder), {method: "HEAD"}).catch(() => null);
    if (specification?.ok || folder.pathname === "/") break;
    folder = new URL("../", folder);
  }
  const way = document.getElementById("way");
  way.querySelector("a").href = folder.href;
  way.hidden = false;
})();
