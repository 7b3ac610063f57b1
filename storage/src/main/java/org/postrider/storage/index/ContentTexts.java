package org.postrider.storage.index;

import java.io.IOException;
import org.postrider.storage.ContentFeed;

/**
 * Reads the texts in which searches look for needles. The index is right only if these are all of
 * them: who finds more in a content must give it another version.
 */
public interface ContentTexts {
  /** Differs whenever the same content may have other texts than before. */
  String version();

  /**
   * Hands over the texts of a content.
   *
   * @throws org.postrider.storage.StorageException when it cannot be read
   */
  void read(ContentFeed.Fed content, Sink sink) throws IOException;

  /** Takes the texts of a content. */
  interface Sink {
    /**
     * What comes next of the text at hand, in the form in which texts are compared.
     *
     * @param scope HEADER or BODY, the same for all of a text
     */
    void piece(Needle.Scope scope, String mapped);

    /** Ends a text: no needle reaches beyond. */
    void endOfText();
  }
}
