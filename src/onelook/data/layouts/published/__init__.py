"""Published data sets that are recognised by their content, whatever their files and folders are called."""
