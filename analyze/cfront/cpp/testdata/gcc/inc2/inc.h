second inc __FILE__
