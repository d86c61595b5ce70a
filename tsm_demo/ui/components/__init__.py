"""Components of the pages that draw or play in the browser, without a round trip."""
