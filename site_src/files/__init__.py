"""What any program needs of files: atomic writes, private folders, walking, workbooks, the text of a PDF."""
