"""numpy, imported without the threads of its BLAS.

They would wait busily for work that never comes: 80 ms of CPU in every process with two processors, more with more.
What is multiplied here is a few hundred vectors at a time.
"""

import os

_THREADS = "OPENBLAS_NUM_THREADS"

_wanted = os.environ.get(_THREADS)
os.environ[_THREADS] = _wanted or "1"
try:
    import numpy as np
    from numpy.typing import NDArray
finally:
    if _wanted is None:
        del os.environ[_THREADS]

__all__ = ["NDArray", "np"]
