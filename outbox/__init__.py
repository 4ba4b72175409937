"""Every mail as a row: composed once, sent once by the worker, with its proof kept."""
