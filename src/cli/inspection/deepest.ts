/** How deep a tree is drawn. */

/**
 * What lies deeper stands where the deepest does: damage may have a chain of a hundred thousand, which would be drawn in as many
 * lines as long.
 */
export const deepest = 24
