/** What the tests of all modules share: transcripts, the power-loss disk, processes to kill. */
@NullMarked
package org.postrider.testkit;

import org.jspecify.annotations.NullMarked;
