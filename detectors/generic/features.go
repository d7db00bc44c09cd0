package generic

// Features are what a candidate is judged by, indexed by the constants below.
type Features [featureCount]float32

// The features. Flags are 0 or 1; shares lie between 0 and 1.
const (
	fKeyPass = iota // what the name says: see role
	fKeySecret
	fKeyToken
	fKeyKey
	fKeyAuth
	fKeyCred
	fKeyOTP
	fKeySession
	fKeyNonce
	fKeyWords     // words of the name
	fKeyAfter     // words after the telling one
	fKeyLastWhat  // the name ends in a word that makes it the name, path, ... of a credential
	fKeyLastNonce // it ends in hash, salt, digest, ...
	fKeyPublic
	fKeyLookup
	fKeyOwner
	fKeyUI
	fKeyVerb // it starts with a verb that reads: get, is, check
	fKeyUpper
	fKeySnake
	fKeyCamel
	fKeyDotted
	fKeyDollar
	fKeyDash
	fKeyQuoted
	fKeyLength
	fSep                              // first of the flags for sep, in its order
	fSpaced    = fSep + int(sepCount) // white space around the separator
	fQuoteNone = iota + int(sepCount) - 1
	fQuoteDouble
	fQuoteSingle
	fQuoteBack
	fQuoteEscaped
	fQuoteTag
	fWrapString
	fWrapLookup
	fWrapCall
	fArg
	fNextLine
	fLength // of the value, bytes
	fLetters
	fLowers
	fUppers
	fDigits
	fSpecials
	fSpaces
	fNonASCII
	fDistinct
	fEntropy  // Shannon, bits a character
	fRelative // entropy against the most a value of that length can have
	fChanges  // changes between classes of characters, a character
	fRun      // longest run of one character
	fHex
	fHexDigest // hex of a digest's length
	fBase64
	fNumber
	fUUID
	fIdentifier
	fDots
	fSlashes
	fDashes
	fUnderscores
	fExtension
	fURL
	fMail
	fStart    // starts with a character of references and templates
	fTemplate // holds a template or format mark
	fCall     // holds a parenthesis
	fSequence // share of characters that follow from the one before
	fPlaceholder
	fStock // words that stand for a password: secret, admin, foo, test
	fIsKey // repeats the name
	fHumps // lower to upper
	fSegments
	fWordShare   // share of the letters in parts that are words
	fGreedyShare // share of the letters that words of four letters and more can cover
	fNatural     // mean logarithm of the trigrams' probability
	fNaturalMin
	fLongestWord
	fVowels
	fPadding // ends in =
	fDecoded
	fEndLine // what follows the value
	fEndComma
	fEndSemicolon
	fEndClose
	fEndText
	fConcatenated
	fComment
	fLineLength
	fUser // a user name before it on the line
	fTestWords
	fDefinition
	fIndent
	fSentence   // the value reads as a sentence: words with spaces
	fPrevPublic // the word before the name says public, primary, ...
	fPrevOwner
	fKeyLast     // length of what follows the telling word
	fKeySealed   // the name says encrypted or hashed
	fText        // the value reads as text for people
	fMixed       // lower case, upper case and digits
	fBase32      // upper-case base32
	fAlphaDigit  // letters and digits alternate within parts
	fKeyIdentity // the name ends in what names a person or an account
	featureCount
)

// FeatureNames returns what each feature is called in an explanation, in order.
func FeatureNames() []string { return featureNames[:] }

func flag(v bool) float32 {
	if v {
		return 1
	}
	return 0
}

// features fills c.Explain and, where it is not set yet, c.Rule. It returns false, with the rest undone, where the name
// speaks of no credential, or name and value contradict each other.
func (d *Detector) features(t []byte, c *Candidate) bool {
	f := c.Explain
	main := d.nameFeatures(t, c)
	if main == roleNone {
		return false
	}
	if c.Rule == "" {
		c.Rule = ruleOf(main)
	}
	f[fSep+int(c.sep)] = 1
	f[fSpaced] = flag(c.spaced)
	switch c.quote {
	case quoteNone:
		f[fQuoteNone] = 1
	case quoteDouble, quoteCurly, quoteEntity:
		f[fQuoteDouble] = 1
	case quoteSingle, quoteEntitySingle, quoteCurlySingle, quoteDoubled:
		f[fQuoteSingle] = 1
	case quoteBack, quoteTicks:
		f[fQuoteBack] = 1
	case quoteTag:
		f[fQuoteTag] = 1
	default:
		f[fQuoteEscaped] = 1
	}
	switch c.wrap {
	case wrapString:
		f[fWrapString] = 1
	case wrapLookup:
		f[fWrapLookup] = 1
	case wrapCall:
		f[fWrapCall] = 1
	}
	f[fArg], f[fNextLine] = float32(c.arg), flag(c.nextLine)
	v := t[c.judged.Start:c.judged.End]
	if c.decoded != nil {
		v = c.decoded
		f[fDecoded] = 1
	}
	shape(v, f)
	if contradicted(f, c.quote) || harmless(t, c, v) || d.known(t, c, v) || spoken(t, c) {
		return false
	}
	phrases(v, f)
	if labelled(f) {
		return false
	}
	naturalness(v, f)
	f[fIsKey] = repeats(t[c.Key.Start:c.Key.End], v)
	d.surroundings(t, c)
	return true
}

func ruleOf(r role) string {
	switch r {
	case rolePass, roleCred:
		return RulePassword
	case roleSecret, roleOTP:
		return RuleSecret
	case roleToken:
		return RuleToken
	case roleKey:
		return RuleKey
	default:
		return RuleAuth
	}
}

// NamesCredential tells whether the name alone speaks of a credential: a password, secret or token, or a key with an
// owner. For the program in train.
func NamesCredential(f *Features) bool {
	if f[fKeyLastWhat]+f[fKeyLastNonce]+f[fKeyPublic]+f[fKeyLookup]+f[fKeyUI]+f[fKeyVerb]+f[fWrapLookup]+f[fWrapCall] > 0 {
		return false
	}
	return f[fKeyPass]+f[fKeySecret]+f[fKeyToken] > 0 || f[fKeyKey] > 0 && f[fKeyOwner] > 0
}

// Reshape replaces the features of the value by those of v. For the program in train.
func Reshape(f *Features, v []byte) {
	for i := fLength; i <= fDecoded; i++ {
		f[i] = 0
	}
	f[fText], f[fMixed], f[fBase32], f[fAlphaDigit], f[fSentence] = 0, 0, 0, 0, 0
	shape(v, f)
	naturalness(v, f)
	phrases(v, f)
	f[fLineLength] += float32(len(v))
}
