"""The officers' console: the page that browsers load, and pages that print.

The page of the console is built from `console/` at the root of the project into `page/` of
this package, and reads the officers' API (`openline.faces.api`). The pages that print show
what the same API answers, in sentences and tables on A4, without script.

Nothing here decides what an officer may do: that is the API's. Everything that a counterpart
wrote is shown, and nothing of it acts.
"""
