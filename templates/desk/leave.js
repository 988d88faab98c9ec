// livereload must not load this page again while the browser is on its way to another: it would stay here.

addEventListener("beforeunload", () => document.dispatchEvent(new Event("LiveReloadShutDown")));
