/** Pages for people: what a document that needs nothing from outside is made of. */
@NullMarked
package io.github.klaviyoexport.internal.page;

import org.jspecify.annotations.NullMarked;
