"""Widths of the payment screen, wide and narrow, in design pixels."""

from typing import Final

#: Below this width the columns give way.
NARROW_BELOW_PX: Final = 800
#: Below this height a large code would not be seen whole.
SHORT_BELOW_PX: Final = 600
TABS_PX: Final = 216
TABS_NARROW_PX: Final = 156
PAD_PX: Final = 304
PAD_NARROW_PX: Final = 228
#: The dots of a code to be paid by phone.
CODE_PX: Final = 290
CODE_NARROW_PX: Final = 176
