# SPDX-License-Identifier: BSD-3-Clause
"""What arguments may be."""

import os
from typing import Union

Buffer = Union[bytes, bytearray, memoryview]
Secret = Union[str, bytes, bytearray, memoryview]
Path = Union[str, "os.PathLike[str]"]
