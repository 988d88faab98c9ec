"""Work with files as any program does: atomic writes, private folders, walking, workbooks, the text of a PDF."""
