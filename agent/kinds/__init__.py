"""One module for each kind of answer: it works out the findings and drafts them."""
