/** Load driver and benchmarks. */
@NullMarked
package org.postrider.bench;

import org.jspecify.annotations.NullMarked;
