"""Tell the story of a build: read all, plan, make, prove, publish."""
