/// How a job's data stands in its queue, which other programs fill and read too.
///
/// An item that is JSON is that value; other UTF-8 is a string; anything else is bytes. Pure.
public enum JobData {
    /// Appends the item that reads back as this data.
    /// - Parameter data: what `form` says.
    public static func appendItem(
        _ data: Span<UInt8>, _ form: MessageEncoder.DataForm, to item: inout [UInt8]
    ) {
        if form == .text, isJSON(data) {
            JSON.appendString(data, to: &item)
        } else {
            item.append(copying: data)
        }
    }

    /// Appends an item as members of an object: `"data":…`, with `"encoding":"base64",` before it for bytes.
    public static func appendMembers(_ item: Span<UInt8>, to bytes: inout [UInt8]) {
        do throws(JSONError) {
            let value = try JSON.validate(item)
            bytes.append(#""data":"#)
            bytes.append(copying: item, value.range)
        } catch {
            if UTF8Validator.isValid(item) {
                bytes.append(#""data":"#)
                JSON.appendString(item, to: &bytes)
            } else {
                bytes.append(#""encoding":"base64","data":""#)
                Base64.append(item, to: &bytes)
                bytes.append(UInt8(ascii: "\""))
            }
        }
    }

    private static func isJSON(_ text: Span<UInt8>) -> Bool {
        do throws(JSONError) {
            _ = try JSON.validate(text)
            return true
        } catch {
            return false
        }
    }
}
