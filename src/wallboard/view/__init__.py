"""Pure views: from board facts to rows of cells, without a terminal."""
