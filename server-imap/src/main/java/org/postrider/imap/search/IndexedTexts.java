package org.postrider.imap.search;

import java.io.IOException;
import org.postrider.imap.content.ContentBatch;
import org.postrider.storage.ContentFeed;
import org.postrider.storage.Contents;
import org.postrider.storage.index.ContentTexts;
import org.postrider.storage.index.Needle.Scope;

/** The texts that SEARCH looks at, for the index. */
public final class IndexedTexts implements ContentTexts {
  /** What is found in a message; to be raised with every change of that. */
  static final int VERSION = 1;

  private final Contents contents;

  public IndexedTexts(Contents contents) {
    this.contents = contents;
  }

  /** Charsets and the mapping of characters are the JDK's. */
  @Override
  public String version() {
    return VERSION + "/" + Runtime.version().feature();
  }

  @Override
  public void read(ContentFeed.Fed content, Sink sink) throws IOException {
    ContentBatch batch = ContentBatch.of(contents, content.content(), content.size());
    MessageText text = new MessageText(content.content(), batch, true);
    text.headerTexts(new Taker(Scope.HEADER, sink));
    text.bodyTexts(new Taker(Scope.BODY, sink));
  }

  /** Hands on all there is. */
  private record Taker(Scope scope, Sink sink) implements MessageText.Visitor {
    @Override
    public boolean piece(String mapped) {
      sink.piece(scope, mapped);
      return false;
    }

    @Override
    public void endOfText() {
      sink.endOfText();
    }
  }
}
