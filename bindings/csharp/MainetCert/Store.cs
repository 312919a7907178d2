// SPDX-License-Identifier: BSD-3-Clause
using System.Collections;

namespace MainetCert;

public sealed partial class Store : IEnumerable<Token>
{
    /// <summary>
    /// Open the folder that MAINETCERT_STORE of the environment names, else the user's own,
    /// <c>~/.local/share/mainetcert</c>, making it (mode 0700) if it is not there.
    /// </summary>
    /// <exception cref="StoreOpenException">if it cannot be read, is another user's or others may write it</exception>
    /// <exception cref="StoreWriteException">if it cannot be made</exception>
    public Store()
        : this(null!)
    {
    }

    /// <summary>Open a token by its label or serial.</summary>
    /// <param name="label">its label or serial; without it MaiNet, or the only token there is</param>
    /// <returns>the token, locked</returns>
    /// <exception cref="TokenNotFoundException">if there is none</exception>
    /// <exception cref="TokenAmbiguousException">if there are several</exception>
    public Token Token(string? label = null) => TokenCore(label!);

    /// <summary>Make a token.</summary>
    /// <param name="pin">the user's PIN, 4 to 64 bytes</param>
    /// <param name="label">1 to 32 bytes of UTF-8; without it MaiNet</param>
    /// <param name="soPin">the security officer's PIN, who can unlock the token too</param>
    /// <returns>the token, unlocked</returns>
    /// <exception cref="TokenExistsException">if there is one of that label</exception>
    /// <exception cref="PinLengthException">if a PIN is too short or too long</exception>
    /// <exception cref="StoreWriteException">if the folder cannot be written</exception>
    public Token CreateToken(Secret pin, string? label = null, Secret soPin = default) =>
        CreateTokenCore(pin, label!, soPin);

    /// <summary>Make a token without a PIN, for services that nobody can type one for.</summary>
    /// <remarks>Its key lies in a file beside it: whoever can read the files has the keys.</remarks>
    /// <param name="label">1 to 32 bytes of UTF-8; without it MaiNet</param>
    /// <returns>the token, unlocked</returns>
    /// <exception cref="TokenExistsException">if there is one of that label</exception>
    public Token CreateTokenWithoutPin(string? label = null) => CreateTokenWithoutPinCore(label!);

    /// <summary>The tokens, locked, ordered by slot number.</summary>
    /// <returns>each of them</returns>
    public IEnumerator<Token> GetEnumerator() => Tokens().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
