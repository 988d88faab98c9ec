"""No secret is published: what a reader could find in files, in whatever form, and in what staff give for them."""
