"""The desk, the site and forms in a real Chromium. A package, so that its files share one."""
