"""Respondents in.

No garbage is collected while this package is imported. What imports make stays, and the collector would walk through
all of it some forty times, a tenth of a cold start. api.py lets it work again.
"""

import gc

gc.disable()
